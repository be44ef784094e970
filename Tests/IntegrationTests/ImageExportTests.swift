import Foundation
import Testing

/// Images as archives and in registries.
@Suite struct ImageExportTests {
    /// Runs a body with a small context that says something of its own when its image is run.
    private func withContext(
        _ kind: EngineKind,
        _ body: (URL, TestEngine, String) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let word = uniqueImageName("word")
            let steps = "RUN echo \(word) >/word\nCMD [\"/bin/cat\", \"/word\"]\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            try await body(directory, engine, word)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a docker archive can be loaded again`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine, word in
            let flags = ["-t", word + ":one", "-o", "type=docker,dest=image.tar", "."]
            try await Build(flags, in: directory, on: engine).succeed()
            let other = try await engine.docker("images", "--quiet", word)
            // containerd's store isn't given what only goes into a file.
            if kind == .docker26 { #expect(other.isEmpty) } else { try await engine.docker("rmi", word + ":one") }
            try await engine.docker("load", "-i", directory.appending(path: "image.tar").path)
            #expect(try await engine.runContainer(word + ":one") == word + "\n")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a docker archive goes to standard output`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine, word in
            let flags = ["-t", word, "-o", "type=docker,dest=-", "."]
            let archive = try await Build(flags, in: directory, on: engine).succeed().standardOutput
            let listing = try await Tools.listing(of: archive)
            #expect(listing.contains { $0.hasPrefix("manifest.json file") })
        }
    }

    @Test(.requires(.docker20), arguments: ["type=oci,dest=x.tar", "type=image,compression=zstd"])
    func `what the classic store can't write is refused before the build`(output: String) async throws {
        try await withContext(.docker20) { directory, engine, word in
            let text = try await Build(["-t", word, "-o", output, "."], in: directory, on: engine)
                .fail(with: 2, saying: "dockerd (API 1.41)", "containerd image store")
            #expect(!text.contains("[internal]"), "the build started")
            #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "x.tar").path))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable(with: .imageExporters))
    func `an OCI archive has the digest that is told`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine, word in
            let flags = ["-o", "type=oci,dest=image.tar", "--metadata-file", "metadata.json", "-t", word, "."]
            try await Build(flags, in: directory, on: engine).succeed()
            let layout = directory.appending(path: "layout")
            try FileManager.default.createDirectory(at: layout, withIntermediateDirectories: false)
            let tar = directory.appending(path: "image.tar").path
            try await runSuccessfully(Command("tar", ["-xf", tar, "-C", layout.path]))
            let index = try Self.json(layout.appending(path: "index.json"))
            let first = (index["manifests"] as? [[String: Any]])?.first
            let metadata = try Self.json(directory.appending(path: "metadata.json"))
            let digest = try #require(metadata["containerimage.digest"] as? String)
            #expect(first?["digest"] as? String == digest)
            let blob = layout.appending(path: "blobs/sha256/" + digest.dropFirst(7)).path
            let sum = try await runSuccessfully(Command("sha256sum", [blob])).output
            #expect("sha256:" + sum.prefix(64) == digest)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a pushed image is in the registry under the digest that is told`(kind: EngineKind) async throws {
        let ways = [["--push"], ["-o", "type=registry"], ["-o", "type=image,push=true"]]
        try await TestRegistry.with { registry in
            for (number, way) in ways.enumerated() {
                try await withContext(kind) { directory, engine, word in
                    let name = "\(registry.address)/pushed/by:way\(number)"
                    let files = ["--metadata-file", "metadata.json"]
                    try await Build(way + files + ["-t", name, "."], in: directory, on: engine).succeed()
                    let metadata = try Self.json(directory.appending(path: "metadata.json"))
                    let digest = try #require(metadata["containerimage.digest"] as? String)
                    #expect(try await Self.digest(of: name, in: registry) == digest, "\(way)")
                    try await engine.docker("rmi", name)
                    #expect(try await engine.runContainer(name) == word + "\n", "\(way)")
                }
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a protected registry is given the login of docker's configuration`(kind: EngineKind) async throws {
        try await TestRegistry.with(protected: true) { registry in
            try await withContext(kind) { directory, engine, word in
                let name = registry.address + "/locked:1"
                let login = Data("\(TestRegistry.user):\(TestRegistry.password)".utf8).base64EncodedString()
                let configuration = #"{"auths": {"\#(registry.address)": {"auth": "\#(login)"}}}"#
                let folder = directory.appending(path: "configuration")
                try TestContext.write("", to: folder, files: ["config.json": configuration])
                let flags = ["--push", "-t", name, "."]
                try await Build(flags, in: directory, on: engine).fail(with: 1, saying: registry.address)
                try await Build(flags, in: directory, on: engine, environment: ["DOCKER_CONFIG": folder.path]).succeed()
                #expect(registry.log.contains("/v2/locked/manifests/"))
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a registry that isn't there is named`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine, word in
            let flags = ["--push", "-t", "127.0.0.1:9/nobody/home:1", "."]
            try await Build(flags, in: directory, on: engine).fail(with: 1, saying: "127.0.0.1:9")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `loading is what the engine does anyway`(kind: EngineKind) async throws {
        try await withContext(kind) { directory, engine, word in
            try await Build(["--load", "-t", word, "."], in: directory, on: engine).succeed()
            #expect(try await engine.runContainer(word) == word + "\n")
        }
    }

    @Test(.requires(.docker26))
    func `several outputs come of one build`() async throws {
        try await withContext(.docker26) { directory, engine, word in
            let outputs = ["-o", "type=tar,dest=files.tar", "-o", "type=oci,dest=image.tar", "-o", "out", "--load"]
            try await Build(outputs + ["-t", word, "."], in: directory, on: engine).succeed()
            #expect(try await engine.runContainer(word) == word + "\n")
            #expect(try String(contentsOf: directory.appending(path: "out/word"), encoding: .utf8) == word + "\n")
            let files = try await Tools.listing(of: directory.appending(path: "files.tar").path)
            #expect(files.contains("word file 644 \(word)%0A"))
            let image = try await Tools.listing(of: directory.appending(path: "image.tar").path)
            #expect(image.contains { $0.hasPrefix("index.json ") })
        }
    }

    private static func json(_ file: URL) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any])
    }

    /// What the registry itself says is a name's digest.
    private static func digest(of name: String, in registry: TestRegistry) async throws -> String {
        let script = """
            import sys, urllib.request
            request = urllib.request.Request(sys.argv[1], method="HEAD", headers={"Accept": sys.argv[2]})
            print(urllib.request.urlopen(request).headers["Docker-Content-Digest"], end="")
            """
        let types = ["vnd.oci.image.manifest.v1", "vnd.oci.image.index.v1", "vnd.docker.distribution.manifest.v2"]
            .map { "application/\($0)+json" }.joined(separator: ", ")
        let parts = name.dropFirst(registry.address.count + 1).split(separator: ":")
        let address = "http://\(registry.address)/v2/\(parts[0])/manifests/\(parts[1])"
        return try await runSuccessfully(Command("python3", ["-c", script, address, types])).output
    }
}
