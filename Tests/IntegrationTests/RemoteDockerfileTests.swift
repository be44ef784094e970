import Foundation
import Testing

/// `--file` with an address: the Dockerfile is fetched here, whatever the context is.
@Suite struct RemoteDockerfileTests {
    private static let text = "FROM scratch AS one\nCOPY a /b\nFROM one\n"

    /// Runs the body with the port of a server of a directory's files.
    private func withServer(of directory: URL, _ body: (String) async throws -> Void) async throws {
        let words = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory.path]
        let process = try RunningProcess.start(Command("python3", words))
        defer { process.send(SIGTERM) }
        let text = try await process.awaitText("(http", within: .seconds(20))
        let port = try #require(text.components(separatedBy: "port ").dropFirst().first?.prefix { $0.isNumber })
        try await body(String(port))
    }

    private func withFiles(_ body: (URL, String, TestEngine) async throws -> Void) async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            let served = directory.appending(path: "served")
            try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
            try Self.text.write(to: served.appending(path: "Some.Dockerfile"), atomically: true, encoding: .utf8)
            try Data().write(to: served.appending(path: "empty"))
            let context = directory.appending(path: "context")
            try FileManager.default.createDirectory(at: context, withIntermediateDirectories: true)
            try "content".write(to: context.appending(path: "a"), atomically: true, encoding: .utf8)
            // Not the one that is meant.
            try "FROM nothing\n".write(to: context.appending(path: "Dockerfile"), atomically: true, encoding: .utf8)
            try await withServer(of: served) { port in try await body(context, port, engine) }
        }
    }

    @Test(.requires(.docker28))
    func `a Dockerfile at an address builds a directory and a tar`() async throws {
        try await withFiles { directory, port, engine in
            let file = ["-f", "http://127.0.0.1:\(port)/Some.Dockerfile"]
            try await Build(file + ["-o", "out", "."], in: directory, on: engine).succeed()
            let output = directory.appending(path: "out/b")
            #expect(try String(contentsOf: output, encoding: .utf8) == "content")
            let tar = try await runSuccessfully(Command("tar", ["-c", "-C", directory.path, "a"])).standardOutput
            try await Build(file + ["-o", "two", "-"], in: directory, on: engine, input: .data(tar)).succeed()
            #expect(FileManager.default.fileExists(atPath: directory.appending(path: "two/b").path))
            // A Dockerfile on standard input beside it would be one too many.
            let other = CommandInput.data(Data("FROM x\n".utf8))
            try await Build(file + ["-o", "three", "-"], in: directory, on: engine, input: other)
                .fail(with: 2, saying: "standard input is no tar")
        }
    }

    @Test(.requires(.docker28))
    func `what can't be fetched is said without the password`() async throws {
        try await withFiles { directory, port, engine in
            for (path, words) in [("missing", "status 404"), ("empty", "it is empty"), ("a b", "no address")] {
                let flags = ["-f", "http://me:secret-word@127.0.0.1:\(port)/\(path)", "."]
                let said = try await Build(flags, in: directory, on: engine).fail(with: 2, saying: words)
                #expect(!said.contains("secret-word"), "\(said)")
            }
            try await Build(["-f", "http://127.0.0.1:1/x", "."], in: directory, on: engine)
                .fail(with: 2, saying: "can't fetch the Dockerfile http://127.0.0.1:1/x")
        }
    }

    @Test(.requires(.docker28))
    func `the front end tells what it can be asked`() async throws {
        try await withFiles { directory, port, engine in
            let flags = ["-f", "http://127.0.0.1:\(port)/Some.Dockerfile", "--call", "subrequests.describe"]
            let text = try await Build(flags + ["."], in: directory, on: engine).succeed().output
            #expect(text.contains("outline"), "\(text)")
            let json = ["-f", flags[1], "--call", "subrequests.describe,format=json", "."]
            #expect(try await Build(json, in: directory, on: engine).succeed().output.contains("frontend.outline"))
        }
    }
}
