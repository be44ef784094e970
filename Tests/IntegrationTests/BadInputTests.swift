import Foundation
import Glibc
import Testing

/// Input that is wrong: each time an error that names the thing, and exit status 2.
@Suite struct BadInputTests {
    /// Arguments for a context that is fine, and what has to be said.
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var words: [String]
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String..., says words: String) {
            self.arguments = arguments
            self.words = words.split(separator: "|").map(String.init)
        }
    }

    static let wrong = [
        Case("no-such-folder", says: "no such context directory|no-such-folder"),
        Case("contxt", says: "contxt|context?"),
        Case("context/Dockerfile", says: "is a file, not a directory"),
        Case("empty", says: "no Dockerfile in|empty"),
        Case("near", says: "no Dockerfile in|near/Dockerfile.dev"),
        Case("-f", "Dockerfil", "context", says: "no such Dockerfile|Dockerfil"),
        Case("-f", "sub/Dockerfile", "context", says: "did you mean context/sub/Dockerfile"),
        Case("-f", "context", "context", says: "is a directory|did you mean context/Dockerfile"),
        Case("--progress", "fancy", "context", says: "--progress|fancy|plain"),
        Case("--network", "bridge", "context", says: "--network|bridge"),
        Case("--ulimit", "nofile=many", "context", says: "nofile=many"),
        Case("--shm-size", "-4x", "context", says: "-4x"),
        Case("--add-host", "name", "context", says: "--add-host|name"),
        Case("--platform", "linux/amd64/v1/x/y", "context", says: "linux/amd64/v1/x/y"),
        Case("-o", "type=zip", "context", says: "type=zip|unknown type"),
        Case("-o", "type=local", "context", says: "dest"),
        Case("-t", "UPPER:1", "context", says: "UPPER"),
        Case("-t", "name:b@d", "context", says: "name:b@d"),
        Case("--label", "=x", "context", says: "--label"),
        Case("--no-such-flag", "context", says: "--no-such-flag"),
        Case("--secret", "id=a", "context", says: "secret \"a\""),
        Case("--secret", "id=a,src=gone", "context", says: "--secret id=a|there is no file \"gone\""),
        Case("--addr", "ftp://x", "context", says: "ftp://x"),
        Case("--builder", "nobody-home", "context", says: "nobody-home"),
        Case("context", "more", says: "more|has one context"),
        Case(says: "no build context is given"),
    ]

    @Test(arguments: wrong)
    func `wrong input is named`(wrong: Case) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write(
                "FROM scratch\n",
                to: directory.appending(path: "context"),
                files: ["sub/Dockerfile": "x"]
            )
            try TestContext.write("FROM scratch\n", to: directory.appending(path: "near"))
            let near = directory.appending(path: "near")
            try FileManager.default.moveItem(
                at: near.appending(path: "Dockerfile"),
                to: near.appending(path: "Dockerfile.dev")
            )
            try FileManager.default.createDirectory(
                at: directory.appending(path: "empty"),
                withIntermediateDirectories: false
            )
            // An engine that can't be reached: what is wrong here is found before anybody is asked.
            let environment = ["CAISSON_HOST": "unix:///nowhere/at/all.sock"]
            let build = Build(wrong.arguments, in: directory, environment: environment)
            let text = try await build.fail(with: 2, saying: "error: ")
            for word in wrong.words { #expect(text.contains(word), "\(text)") }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a Dockerfile that doesn't parse is shown where it is wrong`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let texts = ["FROM scratch\nCOPY a b\n\nRUM apt-get update\n", "FROM scratch\nLABEL a\n\nRUM true\nCOPY x\n"]
        for (text, line) in zip(texts, [4, 2]) {
            try await withTemporaryDirectory { directory in
                try TestContext.write(text, to: directory)
                let said = try await Build(["."], in: directory, on: engine).fail(with: 2, saying: "Dockerfile:", ">>>")
                let marked = said.split(separator: "\n").filter { $0.contains(">>>") }
                let source = text.split(separator: "\n", omittingEmptySubsequences: false)[line - 1]
                #expect(marked.count == 1 && marked[0].hasSuffix(source), "\(said)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a target that isn't there is named`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            try await Build(["--target", "finall", "."], in: directory, on: engine).fail(with: 2, saying: "finall")
        }
    }
}
