import Foundation
import Testing

/// What is said of a step that failed.
@Suite struct FailureTests {
    @Test(.requiresEngine, arguments: EngineKind.testable, ["plain", "rawjson", "quiet"])
    func `a failing step is told with its place, its last words and its exit code`(
        kind: EngineKind,
        progress: String
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            // A step of its own each time: an engine runs equal ones of two builds once, and tells one of them little.
            let word = uniqueImageName("words")
            let steps = "RUN echo fine\nRUN echo last \(word) >&2; exit 7\nRUN echo never\n"
            let dockerfile = TestContext.busyboxBase + steps
            try TestContext.write(dockerfile, to: directory)
            let text = try await Build(["--progress", progress, "."], in: directory, on: engine)
                .fail(with: 1, saying: "last \(word)", "exit code: 7", "Dockerfile:5")
            let marked = text.split(separator: "\n").filter { $0.contains(">>>") }
            #expect(marked.count == 1)
            #expect(marked.first?.contains("RUN echo last \(word) >&2; exit 7") == true)
            #expect(text.contains("[4/5] RUN echo last \(word) >&2; exit 7"))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `only the last lines of a long log are told again`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN seq 1 5000; exit 3 # \(kind)\n", to: directory)
            let text = try await Build(["-q", "."], in: directory, on: engine).fail(
                with: 1,
                saying: "5000",
                "exit code: 3"
            )
            #expect(!text.contains("2500"))
            #expect(text.split(separator: "\n").count < 60)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a file that isn't there is told with the instruction that wants it`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\nCOPY no-such-file /\n", to: directory)
            try await Build(["."], in: directory, on: engine).fail(
                with: 1,
                saying: "no-such-file",
                "COPY no-such-file /"
            )
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a failed build leaves no id of an earlier one`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            try Data("sha256:old".utf8).write(to: directory.appending(path: "id"))
            let flags = ["--target", "other", "--iidfile", "id", "."]
            try await Build(flags, in: directory, on: engine).fail(with: 1, saying: "RUN exit 7")
            #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "id").path))
        }
    }
}
