import Foundation
import Testing

/// Engines behind a real sshd, reached by `docker system dial-stdio` there.
@Suite(.enabled(if: TestSSHServer.reasonNotToRun == nil, "\(TestSSHServer.reasonNotToRun ?? "")"))
struct SSHEngineTests {
    /// A folder with an `ssh` that is the machine's, with a key and no files of the user's.
    private static func writeClient(for server: TestSSHServer, key: String, to directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            exec /usr/bin/ssh -F /dev/null -i '\(server.directory)/\(key)' -o IdentitiesOnly=yes -o BatchMode=yes \\
                -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"

            """
        let file = directory.appending(path: "ssh")
        try Data(script.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a build runs on an engine behind ssh, and one that isn't let in is told so`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestSSHServer.with(programs: kind.programs) { server in
            try await withTemporaryDirectory { directory in
                let context = directory.appending(path: "context")
                let word = uniqueImageName("far")
                try TestContext.write("FROM scratch\nCOPY word /\n", to: context, files: ["word": word])
                let address = "ssh://root@127.0.0.1:\(server.port)\(engine.socketPath)"
                for key in ["let-in", "other"] {
                    let programs = directory.appending(path: key)
                    try Self.writeClient(for: server, key: key, to: programs)
                    let path = ["PATH": "\(programs.path):/usr/bin:/bin"]
                    let build = Build(["--addr", address, "-o", "../\(key).out", "."], in: context, environment: path)
                    guard key == "let-in" else {
                        try await build.fail(with: 1, saying: "Permission denied")
                        continue
                    }
                    try await build.succeed()
                    let file = directory.appending(path: "\(key).out/word")
                    #expect(try String(contentsOf: file, encoding: .utf8) == word)
                }
            }
        }
    }
}
