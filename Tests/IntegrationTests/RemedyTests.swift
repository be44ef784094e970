import Foundation
import Testing

/// What real engines' failures end with.
@Suite struct RemedyTests {
    /// A Dockerfile that fails, and what its user is told.
    struct Sample: Sendable, CustomTestStringConvertible {
        var text: String
        var said: String
        var testDescription: String { said }

        static let all = [
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN --mount=type=ssh,required=true true\n",
                said: "give it yours with --ssh default"
            ),
            Sample(
                text: "FROM scratch\nCOPY a /\nRUN echo a\n",
                said: "the stage has no shell, /bin/sh, to run the step with"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN [\"/bin/nope\"]\n",
                said: "there is no program \"/bin/nope\" in the stage"
            ),
            Sample(
                text: "FROM scratch\nCOPY ../x /\n",
                said: "\"../x\" lies outside of the build context — build in a directory that holds both"
            ),
            Sample(
                text: "FROM scratch AS one\nCOPY a /b\nFROM scratch\nCOPY --from=one /a.txt /\n",
                said: "the stage \"one\" has no /a.txt — look at where its steps put it"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nUSER app\nRUN id\n",
                said: "the stage has no user \"app\" — make it in a step before"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN ['echo', 'hi']\n",
                said: "what follows RUN is no JSON list, so a shell ran it as it stands"
            ),
            Sample(
                text: "\(TestContext.busyboxBase)\nRUN dd if=/dev/zero of=/dev/shm/a bs=1M count=128\n",
                said: "the step's /dev/shm is full: give it more with --shm-size SIZE"
            ),
            Sample(
                text: "FROM scratch\nENV A=\"b\n",
                said: "unexpected end of statement while looking for matching double-quote"
            ),
            Sample(
                text: "FROM x:${V}\n",
                said: "V has no value: declare it before FROM, as ARG V=…"
            ),
        ]
    }

    @Test(.requiresEngine, arguments: MistakeTests.engines, Sample.all)
    func `a failure says what to do next`(kind: EngineKind, sample: Sample) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(sample.text, to: directory, files: ["a": "", "a.txt": ""])
            let result = try await Build(["."], in: directory, on: engine).run()
            #expect(!result.succeeded && result.errorOutput.contains(sample.said), "\(result.errorOutput)")
        }
    }

    @Test(.requiresEngine, arguments: [EngineKind.docker20, .podman].filter { $0.reasonNotToRun == nil })
    func `an engine that knows no heredocs is told from a wrong Dockerfile`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN <<EOF\necho a\nEOF\n", to: directory)
            let said = "this engine knows no heredocs, as RUN <<EOF is one — join the commands with && and \\"
            try await Build(["."], in: directory, on: engine).fail(with: 2, saying: said)
        }
    }
}
