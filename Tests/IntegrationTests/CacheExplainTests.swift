import Foundation
import Testing

/// `caisson cache explain` on misses that are staged, each on a real engine.
@Suite struct CacheExplainTests {
    private static let steps = """
        ARG WORD=hello
        RUN echo $WORD >/word
        COPY src /src
        RUN cat /src/* >/all
        """

    /// A miss: what is changed before the second build, and what is said of which step.
    struct Miss: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Changes the files of the context.
        var change: @Sendable (URL) throws -> Void = { _ in }
        /// Flags of the second build.
        var flags: [String] = []
        /// The beginning of the name of the step that is the root, without its place.
        var step: String
        /// What its sentence has.
        var words: [String]
    }

    private static func edit(_ directory: URL, _ old: String, _ new: String) throws {
        let file = directory.appending(path: "Dockerfile")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
    }

    private static let misses = [
        Miss(
            testDescription: "a file with another content",
            change: { try "other".write(to: $0.appending(path: "src/b"), atomically: true, encoding: .utf8) },
            step: "COPY src /src",
            words: ["src/b"]
        ),
        Miss(
            testDescription: "a new file",
            change: { try "new".write(to: $0.appending(path: "src/new"), atomically: true, encoding: .utf8) },
            step: "COPY src /src",
            words: ["src/new"]
        ),
        Miss(
            testDescription: "a file that is gone",
            change: { try FileManager.default.removeItem(at: $0.appending(path: "src/b")) },
            step: "COPY src /src",
            words: ["src/b"]
        ),
        Miss(
            testDescription: "a build argument",
            flags: ["--build-arg", "WORD=bye"],
            step: "RUN echo bye >/word",
            words: ["WORD", "bye"]
        ),
        Miss(
            testDescription: "another instruction",
            change: { try edit($0, "echo $WORD >/word", "echo $WORD >/words") },
            step: "RUN echo hello >/words",
            words: ["/word"]
        ),
        Miss(testDescription: "no cache", flags: ["--no-cache"], step: "COPY busybox", words: ["cache"]),
    ]

    private func run(_ words: [String], in directory: URL, on engine: TestEngine) async throws -> String {
        var command = Command.caisson(words, on: engine)
        command.directory = directory.appending(path: "context").path
        command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
        return try await runSuccessfully(command).output
    }

    /// The steps that ran, with what is said of them.
    private func explained(in directory: URL, on engine: TestEngine) async throws -> [(name: String, text: String)] {
        let text = try await run(["cache", "explain", "--format", "json"], in: directory, on: engine)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let steps = try #require(json["steps"] as? [[String: Any]])
        return steps.filter { $0["outcome"] as? String == "missed" }.map {
            ("\($0["name"] ?? "")", "\($0["text"] ?? "")")
        }
    }

    @Test(.requires(.docker26), arguments: misses)
    func `the cause of a miss is named`(miss: Miss) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            let files = ["src/a": "a", "src/b": UUID().uuidString]
            try TestContext.write(TestContext.busyboxBase + Self.steps, to: context, files: files)
            _ = try await run(["build", "-q", "."], in: directory, on: engine)
            try miss.change(context)
            _ = try await run(["build", "-q"] + miss.flags + ["."], in: directory, on: engine)
            let steps = try await explained(in: directory, on: engine)
            let root = try #require(steps.first { $0.name.contains("] \(miss.step)") }, "\(steps)")
            for word in miss.words { #expect(root.text.contains(word), "\(root)") }
        }
    }

    @Test(.requires(.docker26)) func `a build without anything before it, and one from the cache, claim nothing`()
        async throws
    {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write(
                TestContext.busyboxBase + Self.steps,
                to: context,
                files: ["src/a": UUID().uuidString]
            )
            _ = try await run(["build", "-q", "."], in: directory, on: engine)
            #expect(try await explained(in: directory, on: engine).isEmpty)
            _ = try await run(["build", "-q", "."], in: directory, on: engine)
            #expect(try await explained(in: directory, on: engine).isEmpty)
        }
    }

    @Test(.requires(.docker26)) func `a build is carried to another history, and looked at there`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            let steps = TestContext.busyboxBase + "RUN echo \(UUID().uuidString)\n"
            try TestContext.write(steps, to: context)
            _ = try await run(["build", "-q", "--report", "../page.html", "."], in: directory, on: engine)
            let page = try String(contentsOf: directory.appending(path: "page.html"), encoding: .utf8)
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("RUN echo"))
            let log = try await run(["builds", "logs"], in: directory, on: engine)
            _ = try await run(["builds", "export", "-o", "../one.dockerbuild"], in: directory, on: engine)
            _ = try await run(["builds", "rm", "--all"], in: directory, on: engine)
            let id = try await run(["builds", "import", "../one.dockerbuild"], in: directory, on: engine)
            #expect(id.count > 12)
            #expect(try await run(["builds", "logs"], in: directory, on: engine) == log && log.contains("\n"))
            for format in ["otlp", "chrome", "jaeger"] {
                let trace = try await run(["builds", "trace", "--format", format], in: directory, on: engine)
                _ = try JSONSerialization.jsonObject(with: Data(trace.utf8))
            }
        }
    }
}
