import Foundation
import Testing

/// The attributes of the outputs that are images, by what they do to blobs, manifests and the engine's store.
///
/// Which attribute is held by which test stands in `AttributeCoverageTests`.
@Suite struct ImageAttributeTests {
    private static let epoch = 1_600_000_000
    private static let gzip: [UInt8] = [0x1F, 0x8B]
    private static let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// A context whose image has two layers.
    private static func write(to directory: URL) throws {
        // Layers that no other test has made: one that is packed already is taken as it is.
        let word = uniqueImageName("image")
        let steps = "COPY busybox word /bin/\nRUN [\"/bin/busybox\", \"cp\", \"/bin/word\", \"/made\"]\n"
        try TestContext.write("FROM scratch\n" + steps, to: directory, files: ["word": word])
    }

    /// Builds into archives, one an output, and reads what is in them.
    private static func layouts(
        _ outputs: [String],
        _ flags: [String] = [],
        in directory: URL,
        on kind: EngineKind = .docker26
    ) async throws -> [ImageBlobs] {
        let engine = try await TestEngine.shared(kind)
        let files = outputs.map { _ in directory.appending(path: "\(uniqueImageName("image")).tar") }
        let exports = zip(outputs, files).flatMap { ["-o", "\($0),dest=\($1.path)"] }
        try await Build(flags + exports + ["."], in: directory, on: engine).succeed()
        var layouts: [ImageBlobs] = []
        for file in files { layouts.append(try await ImageBlobs.unpack(file)) }
        return layouts
    }

    @Test(.requires(.docker26))
    func `compression and its level make the layers`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let kinds = ["uncompressed", "gzip", "estargz", "zstd"]
            let all = try await Self.layouts(
                kinds.map { "type=oci,force-compression=true,compression=\($0)" },
                in: directory
            )
            let types = try all.map { try Set($0.layers.map { $0.mediaType.components(separatedBy: ".v1.").last }) }
            #expect(types == [["tar"], ["tar+gzip"], ["tar+gzip"], ["tar+zstd"]])
            let starts = try all.map { try $0.beginning(of: $0.layers[0]) }
            #expect(starts[1].starts(with: Self.gzip) && starts[2].starts(with: Self.gzip) && starts[3] == Self.zstd)
            // A stargz layer is a gzip whose last member is a table of contents.
            let annotations = try all[2].images[0]["layers"] as? [[String: Any]]
            let notes = annotations?[0]["annotations"] as? [String: String]
            #expect(notes?["containerd.io/snapshot/stargz/toc.digest"] != nil)
            // What is packed already isn't packed anew for the sake of a level.
            var sizes: [Int] = []
            for level in [1, 9] {
                let text = "FROM scratch\nCOPY busybox word /\n"
                try TestContext.write(text, to: directory, files: ["word": uniqueImageName("level")])
                let output = "type=oci,compression=gzip,compression-level=\(level)"
                sizes.append(try await Self.layouts([output], in: directory)[0].layers[0].size)
            }
            #expect(sizes[0] > sizes[1] + 10_000, "\(sizes)")
        }
    }

    @Test(.requires(.docker26))
    func `only force-compression changes the layers of the base image`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try Self.write(to: directory)
                let base = "\(registry.address)/base:1"
                try await Build(["-t", base, "--push", "."], in: directory, on: engine).succeed()
                try TestContext.write("FROM \(base)\nCOPY Dockerfile /\n", to: directory)
                let both = try await Self.layouts(
                    ["type=oci,compression=zstd", "type=oci,compression=zstd,force-compression=true"],
                    in: directory
                )
                let kinds = try both.map { try $0.layers.map { $0.mediaType.hasSuffix("zstd") } }
                #expect(kinds == [[false, false, true], [true, true, true]])
            }
        }
    }

    @Test(.requires(.docker26))
    func `media types are Docker's or OCI's`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let outputs = ["type=oci,oci-mediatypes=false", "type=docker,oci-mediatypes=true", "type=docker"]
            let types = try await Self.layouts(outputs, in: directory).map { try $0.images[0]["mediaType"] as? String }
            #expect(types[0] == "application/vnd.docker.distribution.manifest.v2+json")
            #expect(types[1] == "application/vnd.oci.image.manifest.v1+json")
            #expect(types[2] == "application/vnd.docker.distribution.manifest.v2+json")
        }
    }

    @Test(.requires(.docker26))
    func `an archive names its image`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let outputs = ["type=oci,name=some/app:3", "type=docker,name=some/app:4"]
            let all = try await Self.layouts(outputs, in: directory)
            let names = try all.map { try $0.entries[0]["annotations"] as? [String: String] }
            #expect(names[0]?["io.containerd.image.name"] == "docker.io/some/app:3")
            #expect(names[0]?["org.opencontainers.image.ref.name"] == "3")
            #expect(names[1]?["io.containerd.image.name"] == "docker.io/some/app:4")
        }
    }

    @Test(.requires(.docker26))
    func `times are those of the epoch, in the files only where they are rewritten`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let epoch = "source-date-epoch=\(Self.epoch)"
            let gzip = "type=oci,compression=gzip,force-compression=true,\(epoch)"
            let outputs = [gzip, gzip + ",rewrite-timestamp=true"]
            let all = try await Self.layouts(outputs, in: directory)
            for layout in all {
                #expect(try layout.configuration["created"] as? String == "2020-09-13T12:26:40Z")
                let history = try layout.configuration["history"] as? [[String: Any]] ?? []
                #expect(Set(history.compactMap { $0["created"] as? String }) == ["2020-09-13T12:26:40Z"])
            }
            #expect(try await all[0].times().max() ?? 0 > Self.epoch)
            #expect(try await all[1].times().max() == Self.epoch)
        }
    }

    @Test(.requires(.docker26))
    func `the epoch of the environment reaches the image and the files that are rewritten`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            var digests: Set<String> = []
            for number in 1...2 {
                let flags = ["--no-cache", "-o", "type=oci,dest=\(number).tar,rewrite-timestamp=true", "."]
                let environment = ["SOURCE_DATE_EPOCH": String(Self.epoch)]
                try await Build(flags, in: directory, on: engine, environment: environment).succeed()
                let layout = try await ImageBlobs.unpack(directory.appending(path: "\(number).tar"))
                #expect(try await layout.times().max() == Self.epoch)
                digests.insert(try #require(try layout.entries[0]["digest"] as? String))
            }
            // Built anew, and the same to the last bit.
            #expect(digests.count == 1)
        }
    }

    @Test(.requires(.docker26), .requiresEmulators)
    func `annotations go where their type and platform say`() async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY Dockerfile /\n", to: directory)
            let places = [
                "annotation.a", "annotation-manifest[linux/arm64].b", "annotation-manifest-descriptor.c",
                "annotation-index.d", "annotation-index-descriptor.e", "annotation-manifest-descriptor[linux/amd64].f",
            ]
            let output = "type=oci," + places.map { "\($0)=1" }.joined(separator: ",")
            let layout = try await Self.layouts([output], ["--platform", "linux/amd64,linux/arm64"], in: directory)[0]
            func keys(_ value: [String: Any]) -> Set<String> {
                Set((value["annotations"] as? [String: String] ?? [:]).keys.filter { $0.count == 1 })
            }
            #expect(try layout.images.map(keys) == [["a"], ["a", "b"]])
            let entries = try #require(try layout.root["manifests"] as? [[String: Any]])
            #expect(entries.map(keys) == [["c", "f"], ["c"]])
            #expect(try keys(layout.root) == ["d"])
            #expect(try keys(layout.entries[0]) == ["e"])
        }
    }

    @Test(.requires(.docker26))
    func `an attestation that is only for inside the image goes there where that is asked for`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let outputs = ["type=oci", "type=oci,attestation-inline=true"]
            let all = try await Self.layouts(outputs, ["--provenance", "mode=min,inline-only=true"], in: directory)
            #expect(try all.map { try $0.manifests.count } == [1, 2])
        }
    }

    @Test(.requires(.docker28))
    func `an attestation is an artifact where that is asked for`() async throws {
        try await withTemporaryDirectory { directory in
            try Self.write(to: directory)
            let outputs = ["type=oci", "type=oci,oci-artifact=true"]
            let all = try await Self.layouts(outputs, ["--provenance", "mode=min"], in: directory, on: .docker28)
            let types = try all.map { try $0.manifests.map { $0["artifactType"] as? String } }
            #expect(types[0] == [nil, nil])
            #expect(types[1].last ?? nil == "application/vnd.docker.attestation.manifest.v1+json")
        }
    }
}
