import Foundation
import Testing

/// `caisson builds attachment` beside buildx's.
struct AttachmentTests {
    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test(.requires(.docker28), arguments: [EngineKind.docker26, .docker28])
    func `what an engine keeps of a build is printed as it is`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            let state = ["CAISSON_HOME": directory.appending(path: "state").path]
            let words = ["--provenance", "mode=max", "--load", "-t", "attached:1", "--metadata-file", "m.json", "."]
            try await Build(words, in: directory, on: engine, environment: state).succeed()
            let metadata = try Self.object(String(contentsOf: directory.appending(path: "m.json"), encoding: .utf8))
            let ref = try #require(metadata["buildx.build.ref"] as? String).split(separator: "/").last ?? ""
            // Without a name of an engine the one that built it is asked.
            func attachment(_ words: String...) async throws -> String {
                var command = Command.caisson(["builds", "attachment", "^0"] + words)
                command.environment.merge(state) { $1 }
                return try await runSuccessfully(command).output
            }
            let provenance = try await attachment()
            #expect(try Self.object(provenance)["buildType"] != nil)
            let config = try Self.object(try await attachment("--type", "image"))
            #expect(config["architecture"] != nil && config["rootfs"] != nil)
            #expect(try Self.object(try await attachment("--type", "manifest"))["layers"] != nil)
            let digest = try #require(metadata["containerimage.digest"] as? String)
            #expect(try await attachment(digest).contains("schemaVersion"))
            var peer = Command(TestPaths.cache + "/engines/28/bin/docker-buildx", [])
            peer.arguments = ["history", "inspect", "attachment", "--type", "provenance", String(ref)]
            peer.environment["DOCKER_HOST"] = engine.address
            let theirs = try await runSuccessfully(peer).output
            #expect(theirs.trimmingCharacters(in: .newlines) == provenance.trimmingCharacters(in: .newlines))
        }
    }

    @Test(.requires(.docker26))
    func `what isn't kept is told, and buildx's words do`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            let state = ["CAISSON_HOME": directory.appending(path: "state").path]
            try await Build(["--provenance=false", "."], in: directory, on: engine, environment: state).succeed()
            for (words, said) in [
                (["--type", "sbom"], "keeps no such statement"), (["--type", "index"], "has no index"),
                (["sha256:12"], "invalid digest"), (["--platform", "x/y/z/w"], "--platform"),
                (["sha256:" + String(repeating: "1", count: 64)], "doesn't keep"),
            ] {
                let command = ["history", "inspect", "attachment", "^0"] + words
                let result = try await runCaisson(command, environment: state)
                #expect(result.status != .exited(0) && result.errorOutput.contains(said), "\(result.errorOutput)")
            }
        }
    }
}
