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
                .fail(with: 1, saying: "last \(word)", "exit code 7", "Dockerfile:5")
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
                "failed with exit code 3 (Dockerfile:4)"
            )
            #expect(!text.contains("2500"))
            #expect(text.split(separator: "\n").count < 60)
            // The rest is in the file that the last line names.
            let last = try #require(text.split(separator: "\n").last)
            let path = try #require(last.range(of: " — the whole log: less ").map { String(last[$0.upperBound...]) })
            let log = try String(contentsOfFile: path, encoding: .utf8)
            #expect(log.contains(" 2500\n") && log.contains(" 5000\n"))
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

/// What a step misses of the context, and why.
@Suite struct MissingSourceTests {
    @Test(
        .requiresEngine,
        arguments: EngineKind.testable,
        [
            ("COPY out /", "out is a link to ../elsewhere, which lies outside of the context"),
            ("COPY up/x /", "up is a link to .., which lies outside of the context"),
            ("COPY abs /", "abs is a link to /etc/passwd, which lies outside of the context"),
            ("COPY dangling /", "dangling is a link to nothing, which isn't there"),
            (
                "COPY to-ignored /",
                "to-ignored is a link to a.log, which is left out of the context by .dockerignore:2, “*.log”"
            ),
            (
                "COPY a.log /",
                "a.log is left out of the context by .dockerignore:2, “*.log”; take it back there with a line “!a.log”"
            ),
            ("COPY sub/redme.md /", "did you mean sub/readme.md?"),
        ]
    )
    func `why a file of the context is missing is said`(
        kind: EngineKind,
        sample: (line: String, reason: String)
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let files = ["a.log": "", "sub/readme.md": "", ".dockerignore": "# logs\n*.log\n"]
            try TestContext.write("FROM scratch\n\(sample.line)\n", to: directory, files: files)
            let links = [
                ("out", "../elsewhere"), ("up", ".."), ("abs", "/etc/passwd"), ("dangling", "nothing"),
                ("to-ignored", "a.log"),
            ]
            for (name, target) in links {
                try FileManager.default.createSymbolicLink(
                    atPath: directory.appending(path: name).path,
                    withDestinationPath: target
                )
            }
            let said = try await Build(["."], in: directory, on: engine).fail(with: 1, saying: sample.reason)
            #expect(said.components(separatedBy: sample.reason).count == 2, "\(said)")
        }
    }

    @Test(.requires(.docker28))
    func `a file that a stage lacks isn't looked for in the context`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            let text = "FROM scratch AS one\nCOPY a /b\nFROM scratch\nCOPY --from=one /a.lo /\n"
            try TestContext.write(text, to: directory, files: ["a": "", "a.log": ""])
            let said = try await Build(["."], in: directory, on: engine).fail(with: 1, saying: "not found")
            #expect(!said.contains("did you mean"), "\(said)")
        }
    }
}
