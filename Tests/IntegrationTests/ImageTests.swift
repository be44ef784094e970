import Foundation
import Testing

/// Images: what the engine lists, what we say of it, and what its containers print.
@Suite struct ImageTests {
    private static func inspect(_ name: String, _ format: String, _ engine: TestEngine) async throws -> String {
        try await engine.docker("image", "inspect", "--format", format, name)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an image of several stages has the id that is told in all three places`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let name = uniqueImageName("multistage")
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            let flags = ["--target", "final", "--build-arg", "WHO=tester", "--label", "org.example.more=yes"]
            let files = ["--iidfile", "id", "--metadata-file", "metadata.json"]
            try await Build(flags + files + ["-t", name, "-t", name + ":second", "."], in: directory, on: engine)
                .succeed()

            let listed = try await engine.docker("images", "--no-trunc", "--quiet", name)
            let id = try String(contentsOf: directory.appending(path: "id"), encoding: .utf8)
            #expect(listed == "\(id)\n\(id)\n")
            #expect(id.hasPrefix("sha256:") && id.utf8.count == 71)
            let json = try Data(contentsOf: directory.appending(path: "metadata.json"))
            let metadata = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
            #expect(metadata["containerimage.digest"] as? String == id)
            // The old engine tells no other digest than the config's.
            if kind != .docker20 { #expect(metadata["containerimage.config.digest"] as? String != nil) }

            let quiet = try await Build(flags + ["-q", "-t", name, "."], in: directory, on: engine).succeed()
            #expect(quiet.output == id + "\n")
            #expect(quiet.errorOutput.isEmpty)

            #expect(try await engine.runContainer(name) == "Good morning, tester, from here\n")
            #expect(
                try await Self.inspect(name, "{{json .Config.Labels}}", engine)
                    == #"{"org.example.kind":"test","org.example.more":"yes"}"#
            )
            #expect(try await Self.inspect(name, "{{json .Config.Env}}", engine).contains("SHOWN=/result"))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `apt-get installs a package on a Debian base`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let name = uniqueImageName("debian")
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("debian", to: directory, withDebian: true)
            let quiet = try await Build(["-q", "--network", "host", "-t", name, "."], in: directory, on: engine)
                .succeed(within: .seconds(300))
            let id = try await Self.inspect(name, "{{.Id}}", engine)
            #expect(quiet.output == id + "\n")
            #expect(try await engine.runContainer(name) == "/shown\n`-- a\n    `-- b\n        `-- c\n")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an image without a name is kept by its id`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN echo unnamed >/said\n", to: directory)
            let id = try await Build(["-q", "."], in: directory, on: engine).succeed().output
                .trimmingCharacters(in: .newlines)
            #expect(try await engine.runContainer(id, "cat", "/said") == "unnamed\n")
        }
    }
}
