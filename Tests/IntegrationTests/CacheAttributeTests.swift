import Foundation
import Testing

/// The attributes of caches outside of the engine, by what is in them.
@Suite struct CacheAttributeTests {
    /// Two stages, of which only the second is in the image.
    private static func write(to directory: URL) throws {
        let word = uniqueImageName("cached")
        let text = """
            FROM scratch AS one
            COPY word /word
            COPY busybox /busybox
            FROM scratch
            COPY --from=one /word /only

            """
        try TestContext.write(text, to: directory, files: ["word": word])
    }

    private static let nowhere = ["-o", "type=cacheonly", "."]

    /// Writes local caches, one per set of attributes, and reads them.
    private static func caches(_ attributes: [String], in directory: URL) async throws -> [ImageBlobs] {
        let engine = try await TestEngine.shared(.docker26)
        var caches: [ImageBlobs] = []
        for (number, words) in attributes.enumerated() {
            let folder = directory.appending(path: "../cache.\(directory.lastPathComponent).\(number)").standardized
            let flags = ["--cache-to", "type=local,ignore-error=false,dest=\(folder.path),\(words)"]
            try await Build(flags + nowhere, in: directory, on: engine).succeed()
            caches.append(ImageBlobs(folder))
        }
        return caches
    }

    private static func remove(_ caches: [ImageBlobs]) {
        for cache in caches { try? FileManager.default.removeItem(at: cache.folder) }
    }

    /// The layers of a cache, in whichever form it has.
    private static func layers(_ cache: ImageBlobs) throws -> [[String: Any]] {
        let root = try cache.root
        let list = (root["layers"] ?? root["manifests"]) as? [[String: Any]] ?? []
        return list.filter { ($0["mediaType"] as? String)?.contains("cacheconfig") == false }
    }

    @Test(.requires(.docker26))
    func `mode=min leaves out what isn't in the result`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let caches = try await Self.caches(["mode=min", "mode=max"], in: directory)
            defer { Self.remove(caches) }
            #expect(try caches.map { try Self.layers($0).count } == [1, 3])
        }
    }

    @Test(.requires(.docker26))
    func `compression, its level and force make the layers of a cache`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let forced = "mode=max,force-compression=true,compression="
            let ways = ["uncompressed", "zstd", "gzip"]
            let caches = try await Self.caches(ways.map { forced + $0 } + ["mode=max,compression=zstd"], in: directory)
            defer { Self.remove(caches) }
            let layers = try caches.map(Self.layers)
            let types = layers.map {
                Set($0.compactMap { $0["mediaType"] as? String }.map { $0.split(separator: "+").last ?? "" })
            }
            #expect(types[0].allSatisfy { $0.hasSuffix("tar") } && types[1] == ["zstd"] && types[2] == ["gzip"])
            // Without force a layer stays as it is packed already, in whatever way that is.
            #expect(types[3] != types[1])
            // What is packed already isn't packed anew for the sake of a level: each is the first of its files.
            var sizes: [Int] = []
            for level in [1, 9] {
                let text = "FROM scratch\nCOPY busybox word /\n"
                try TestContext.write(text, to: directory, files: ["word": uniqueImageName("level")])
                let way = "mode=max,compression=gzip,compression-level=\(level)"
                let cache = try await Self.caches([way], in: directory)
                sizes.append(try Self.layers(cache[0]).compactMap { $0["size"] as? Int }.max() ?? 0)
                Self.remove(cache)
            }
            #expect(sizes[0] > sizes[1] + 10_000, "\(sizes)")
        }
    }

    @Test(.requires(.docker26))
    func `a local cache has tags and digests, and is begun anew on request`() async throws {
        // What the engine has is thrown away: no other test may need it.
        try await TestEngine.withOwn(.docker26) { try await Self.readByTagAndDigest(on: $0) }
    }

    private static func readByTagAndDigest(on engine: TestEngine) async throws {
        try await withTemporaryDirectory { directory in
            let place = "../cache.\(directory.lastPathComponent)"
            let cache = ImageBlobs(directory.appending(path: place).standardized)
            defer { Self.remove([cache]) }
            var words: [String] = []
            for tag in ["a", "b"] {
                try Self.write(to: directory)
                words.append(try String(contentsOf: directory.appending(path: "word"), encoding: .utf8))
                let export = ["--cache-to", "type=local,dest=\(place),mode=max,tag=\(tag)"]
                try await Build(export + Self.nowhere, in: directory, on: engine).succeed()
            }
            let entries = try cache.entries
            #expect(entries.compactMap { ($0["annotations"] as? [String: String])?.values.first } == ["a", "b"])
            // The first build's files again: only its own cache helps.
            try Data(words[0].utf8).write(to: directory.appending(path: "word"))
            let digest = try #require(entries[0]["digest"] as? String)
            for (way, isCached) in [("tag=b", false), ("tag=a", true), ("digest=\(digest)", true)] {
                try await engine.pruneLayers()
                let flags = ["--progress", "rawjson", "--cache-from", "type=local,src=\(place),\(way)"]
                let built = try await Build(flags + Self.nowhere, in: directory, on: engine).succeed()
                let steps = ProgressLine.all(of: built.standardError).flatMap { $0.vertexes ?? [] }
                #expect(steps.contains { $0.name.contains("COPY word") && $0.cached == true } == isCached, "\(way)")
            }
            let reset = ["--cache-to", "type=local,dest=\(place),mode=min,tag=c,reset=true"]
            try await Build(reset + Self.nowhere, in: directory, on: engine).succeed()
            #expect(try cache.entries.count == 1)
            let blobs = try FileManager.default.contentsOfDirectory(atPath: cache.folder.path + "/blobs/sha256")
            // A list, a configuration and one layer.
            #expect(blobs.count == 3)
        }
    }

    @Test(.requires(.docker26), arguments: ["local", "registry"])
    func `a cache is an image or a list, of OCI's types or Docker's`(type: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try Self.write(to: directory)
                let ways = [
                    ("image-manifest=true,oci-mediatypes=true", "application/vnd.oci.image.manifest.v1+json"),
                    ("image-manifest=false,oci-mediatypes=true", "application/vnd.oci.image.index.v1+json"),
                    (
                        "image-manifest=false,oci-mediatypes=false",
                        "application/vnd.docker.distribution.manifest.list.v2+json"
                    ),
                ]
                for (number, (attributes, mediaType)) in ways.enumerated() {
                    let name = "\(registry.address)/cache:\(number)"
                    let folder = directory.appending(path: "../cache.\(directory.lastPathComponent)").standardized
                    let place = type == "local" ? "dest=\(folder.path)" : "ref=\(name)"
                    let flags = ["--cache-to", "type=\(type),\(place),\(attributes)"]
                    try await Build(flags + Self.nowhere, in: directory, on: engine).succeed()
                    defer { Self.remove([ImageBlobs(folder)]) }
                    guard type == "registry" else {
                        #expect(try ImageBlobs(folder).root["mediaType"] as? String == mediaType)
                        continue
                    }
                    let look = ["inspect", "--raw", "--tls-verify=false", "docker://" + name]
                    let raw = try await runSuccessfully(Command("/usr/bin/skopeo", look)).standardOutput
                    #expect(try ImageBlobs.object(raw)["mediaType"] as? String == mediaType)
                }
            }
        }
    }

    @Test(.requires(.docker26))
    func `an inline cache is in the image's configuration`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let flags = ["--cache-to", "type=inline,mode=min", "-o", "type=oci,dest=i.tar", "."]
            try await Build(flags, in: directory, on: engine).succeed()
            let layout = try await ImageBlobs.unpack(directory.appending(path: "i.tar"))
            #expect(try layout.configuration["moby.buildkit.cache.v0"] != nil)
        }
    }
}
