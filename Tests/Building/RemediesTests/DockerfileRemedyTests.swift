import CaissonBuildModel
import Testing

@testable import CaissonRemedies

/// What is said of a Dockerfile that an engine couldn't read, whichever engine.
@Suite struct DockerfileRemedyTests {
    private static func told(
        _ message: String,
        _ text: String,
        line: Int? = nil,
        code: BuildError.Code = .usage,
        step: String? = nil
    ) -> BuildError {
        let request = BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8)))
        var error = BuildError(code, message, step: step.map { FailedStep(vertex: "", name: $0) })
        if let line {
            let source = SourceInfo(filename: "Dockerfile", data: Array(text.utf8))
            error.excerpts = [SourceExcerpt(source: source, ranges: [SourceRange(startLine: line, endLine: line)])]
        }
        return error.withRemedy(for: request)
    }

    private static func line(of error: BuildError) -> Int? { error.excerpts.first?.ranges.first?.startLine }

    @Test(arguments: [
        ("no build stage in current context", 1),
        ("failed to create LLB definition: no build stage in current context", nil),
        ("no FROM statement found", nil),
    ])
    func `a file without FROM is told what to begin with`(message: String, line: Int?) {
        let error = Self.told(message, "COPY a /\nRUN x\n", line: line, code: line == nil ? .step : .usage)
        #expect(error.message.hasSuffix("nothing to build — begin it with FROM and an image, such as FROM debian:12"))
        #expect(error.code == .usage && Self.line(of: error) == 1)
    }

    @Test(arguments: [
        ("unterminated heredoc", 2),
        ("failed to create LLB definition: dockerfile parse error line 3: unknown instruction: ECHO", 3),
        ("building at STEP \"ECHO \": Build error: Unknown instruction: \"ECHO\"", nil),
    ])
    func `a heredoc without end is told with the line that nearly is its end`(message: String, line: Int?) {
        let text = "FROM a\nRUN <<EOF\necho a\n%\nCMD [\"x\"]\n"
        let near = Self.told(message, text.replacing("%", with: "EOFF"), line: line)
        #expect(near.message.contains("the heredoc \"EOF\" has no end"), "\(near.message)")
        #expect(near.message.hasSuffix(" — did you mean line 4, “EOFF”? It must be “EOF”"), "\(near.message)")
        #expect(near.code == .usage && Self.line(of: near) == 2)
        let indented = Self.told(message, text.replacing("%", with: "  EOF"), line: line)
        #expect(indented.message.hasSuffix("It must be “EOF”, without what stands before it"), "\(indented.message)")
        let none = Self.told(message, text.replacing("%", with: "echo b"), line: line)
        #expect(none.message.hasSuffix(" — end it with a line “EOF”"), "\(none.message)")
    }

    @Test(arguments: [
        ("dockerfile parse error on line 2: unknown instruction: COPYY (did you mean COPY?)", 2),
        ("failed to create LLB definition: dockerfile parse error line 2: unknown instruction: COPYY", 2),
        ("building at STEP \"COPYY \": Build error: Unknown instruction: \"COPYY\"", nil),
    ])
    func `an unknown instruction has the nearest one beside it`(message: String, line: Int?) {
        let error = Self.told(message, "FROM a\nCOPYY x /\n", line: line)
        #expect(error.message == "unknown instruction \"COPYY\" (did you mean COPY?)")
        #expect(Self.line(of: error) == 2)
    }

    @Test(arguments: [
        ("FROM a\nRUN x &&\n  echo\n", 3, "unknown instruction", "where it goes on from line 2, end that line with \\"),
        ("FROM a # b\n", 1, "requires either", "a comment needs a line of its own"),
        ("FROM a:${V}\n", 1, "failed to parse stage name", "V has no value: declare it before FROM, as ARG V=…"),
        ("ARG V\nFROM ${V}\n", 2, "${V} is no image's name", "give it one with buildArgs V=…, or after its ARG"),
        (
            "FROM a\nENV A=\"b\n", 2, "double-quote",
            "end what is quoted, or write \\ before a quote that is only a letter"
        ),
    ])
    func `what to do is said of common slips`(text: String, line: Int, cause: String, advice: String) {
        let error = Self.told("base name (x) should not be blank", text, line: line)
        #expect(error.message.contains(cause) && error.message.hasSuffix(advice), "\(error.message)")
    }

    @Test func `podman's insides are no words for people`() {
        let words =
            "resolving step {Value:env Next:0xc0 Original:ENV A=\"b Flags:[] StartLine:2 EndLine:2}: unexpected end of "
            + "statement while looking for matching double-quote"
        let error = Self.told(words, "FROM scratch\nENV A=\"b\n", line: 1, code: .step, step: "[1/3] FROM scratch")
        #expect(error.message.hasPrefix("unexpected end of statement") && Self.line(of: error) == 2)
        #expect(error.code == .usage && error.step == nil)
    }

    @Test(arguments: [
        ("failed to create LLB definition: dockerfile parse error line 3: unknown instruction: ECHO", 3, true),
        ("dockerfile parse error line 3: unknown instruction: ECHO", 3, false),
        ("building at STEP \"ECHO \": Build error: Unknown instruction: \"ECHO\"", nil, false),
    ])
    func `an engine that knows no heredocs is told from a wrong Dockerfile`(message: String, line: Int?, isNewer: Bool)
    {
        let error = Self.told(message, "FROM a\nRUN <<EOF\necho a\nEOF\n", line: line)
        let start = "this engine knows no heredocs, as RUN <<EOF is one — join the commands with && and \\"
        #expect(error.message.hasPrefix(start) && Self.line(of: error) == 2, "\(error.message)")
        #expect(error.message.contains("# syntax=docker/dockerfile:1") == isNewer)
    }

    @Test func `what is right here, or isn't about reading, keeps the engine's words`() {
        let right = "FROM a\nRUN x\n"
        #expect(Self.told("unknown flag: --new", right, line: 2).message == "unknown flag: --new")
        let wrong = "FROM a\nCOPYY b\nRUN x\n"
        #expect(Self.told("unknown flag: --new", wrong, line: 3).message == "unknown flag: --new")
        let failed = Self.told("broken", wrong, line: 3, code: .step, step: "[2/2] RUN x")
        #expect(failed.message == "broken" && failed.code == .step)
        #expect(Self.told("podman can't do that", wrong).message == "podman can't do that")
    }
}
