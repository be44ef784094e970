import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension Remedy {
    /// The Dockerfile can't be read: what is wrong in it and where, in the words of this package's own reader.
    ///
    /// Engines of different ages say it in words of their own, or of a line that isn't wrong itself. Only what an engine has
    /// refused is looked at, and where it named a line only what is wrong there: a front end may know more than this package.
    static func wrongDockerfile(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard isAboutReading(failure), let source = ResolvedDockerfile(request)?.excerptSource else { return nil }
        let reading = FailedReading(source, line: failure.step.isEmpty ? failure.line : nil)
        return reading.ofProblem ?? reading.ofHeredoc(failure) ?? reading.ofEmptyImage(failure)
    }

    /// Whether an engine failed as it read the Dockerfile, before any step of it or instead of the next one.
    private static func isAboutReading(_ failure: FailureText) -> Bool {
        // BuildKit's, those of BuildKit before 0.9, the classic builder's, and podman's.
        if failure.step.isEmpty {
            if failure.code == .usage, failure.line != nil { return true }
            if failure.says("failed to create llb definition", "dockerfile parse error") { return true }
        }
        return failure.says(
            "no build stage in current context",
            "no from statement found",
            "build error: unknown instruction",
            "resolving step {value:",
            "creating build container: invalid reference format"
        )
    }
}

/// A Dockerfile that an engine couldn't read.
private struct FailedReading {
    let source: SourceInfo
    /// The line that the engine named.
    let line: Int?
    let file: Dockerfile

    init(_ source: SourceInfo, line: Int?) {
        self.source = source
        self.line = line
        file = Dockerfile(parsing: source.data)
    }

    /// What is wrong in the file; nil where nothing is, as far as is known here.
    var ofProblem: Remedy? {
        let problem = (file.problems + file.refusals).first { problem in
            guard let line else { return true }
            return lines(of: problem).contains(line)
        }
        guard let problem else { return nil }
        let first = file.source.line(of: problem.span.lowerBound)
        return remedy(FieldMessage(problem.message), advice(on: problem), lines: first...first)
    }

    private func remedy(_ cause: FieldMessage, _ advice: FieldMessage?, lines: ClosedRange<Int>) -> Remedy {
        let range = SourceRange(startLine: lines.lowerBound, endLine: lines.upperBound)
        return Remedy(
            cause: cause,
            advice: advice,
            code: .usage,
            excerpts: [SourceExcerpt(source: source, ranges: [range])]
        )
    }

    private func instruction(at offset: Int) -> Instruction? {
        file.instructions.last { $0.span.lowerBound <= offset }
    }

    /// The lines of the instruction that a problem is in.
    private func lines(of problem: ParseProblem) -> ClosedRange<Int> {
        let first = file.source.line(of: problem.span.lowerBound)
        guard let instruction = instruction(at: problem.span.lowerBound) else { return first...first }
        let last = instruction.heredocs.map { file.source.line(of: max(0, $0.body.upperBound - 1)) }.max() ?? first
        return min(first, instruction.line)...max(first, instruction.lastLine, last)
    }

    // MARK: What to do

    private func advice(on problem: ParseProblem) -> FieldMessage? {
        if file.stages.isEmpty { return "begin it with FROM and an image, such as FROM debian:12" }
        guard let instruction = instruction(at: problem.span.lowerBound) else { return nil }
        if let heredoc = instruction.heredocs.first(where: { $0.span == problem.span }) {
            return FieldMessage(advice(onOpen: heredoc))
        }
        switch instruction.keyword {
        case nil: return goesOn(instruction)
        case .from: return adviceOnFrom(instruction)
        default: break
        }
        let isOpenQuote = problem.message.contains("looking for matching")
        return isOpenQuote ? "end what is quoted, or write \\ before a quote that is only a letter" : nil
    }

    private func advice(onOpen heredoc: Heredoc) -> String {
        let first = file.source.line(of: max(heredoc.body.lowerBound, heredoc.span.upperBound))
        let last = file.source.line(of: max(0, heredoc.body.upperBound - 1))
        let texts = (first...max(first, last)).map { file.source.text(file.source.lineRange($0)) }
        let near = nearest(to: heredoc.name, among: texts.map(\.trimmed))
        guard let near, let index = texts.firstIndex(where: { $0.trimmed == near }) else {
            return "end it with a line “\(heredoc.name)”"
        }
        let isIndented = near == heredoc.name
        let hint = isIndented ? ", without what stands before it" : ""
        return "did you mean line \(first + index), “\(near)”? It must be “\(heredoc.name)”\(hint)"
    }

    /// A line that belongs to the instruction before it, which ends in what joins commands.
    private func goesOn(_ instruction: Instruction) -> FieldMessage? {
        guard let before = file.instructions.last(where: { $0.span.upperBound <= instruction.span.lowerBound }) else {
            return nil
        }
        let text = String(decoding: before.text.bytes, as: UTF8.self).trimmed
        guard ["&&", "||", "|"].contains(where: { text.hasSuffix($0) }) else { return nil }
        return "where it goes on from line \(before.lastLine), end that line with \\"
    }

    private func adviceOnFrom(_ instruction: Instruction) -> FieldMessage? {
        if instruction.words.contains(where: { $0.text.hasPrefix("#") }) {
            return "a comment needs a line of its own"
        }
        guard let image = instruction.words.first else { return nil }
        let given = file.instructions.prefix(file.stages.first?.from ?? 0).flatMap(\.pairs)
        let used = Expansion.uses(in: Array(image.text.utf8)[...], escape: file.escape).map(\.name)
        guard let name = used.first(where: { name in !given.contains { $0.key.text == name && $0.value != nil } })
        else { return nil }
        return given.contains { $0.key.text == name }
            ? "\(name) has no value: give it one with \(field: .buildArgs) \(name)=…, or after its ARG"
            : "\(name) has no value: declare it before FROM, as ARG \(name)=…"
    }

    /// A FROM whose variable has no value, which isn't known here: it may be given with the build.
    func ofEmptyImage(_ failure: FailureText) -> Remedy? {
        guard failure.says("should not be blank", "invalid reference format") else { return nil }
        let broken = file.instructions.lazy.filter { line == nil || $0.line == line }.compactMap { instruction in
            instruction.keyword == .from ? adviceOnFrom(instruction).map { (instruction, $0) } : nil
        }
        guard let (instruction, advice) = broken.first else { return nil }
        let cause = FieldMessage("\(instruction.words.first?.text ?? "FROM") is no image's name")
        return remedy(cause, advice, lines: instruction.line...instruction.line)
    }

    // MARK: Heredocs

    /// A heredoc that is right, but that the engine doesn't know: it takes the lines of it for instructions.
    func ofHeredoc(_ failure: FailureText) -> Remedy? {
        guard file.problems.isEmpty, failure.says("unknown instruction") else { return nil }
        let refused = failure.message.ranges(of: "nknown instruction: ").last.map { failure.message[$0.upperBound...] }
        let word = (refused ?? "").prefix { !$0.isWhitespace }.filter { $0 != "\"" }.uppercased()
        let instruction = file.instructions.first { instruction in
            instruction.heredocs.contains { isRefused($0.body, word) }
        }
        guard let instruction, let heredoc = instruction.heredocs.first else { return nil }
        let name = instruction.name.text.uppercased()
        // Podman has no front ends, and says no line.
        let newer: FieldMessage =
            failure.says("failed to create llb definition")
            ? ", or begin the Dockerfile with “# syntax=docker/dockerfile:1”, a newer front end" : ""
        let other: FieldMessage = name == "RUN" ? "join the commands with && and \\" : "copy a file of the context"
        return remedy(
            "this engine knows no heredocs, as \(name) <<\(heredoc.name) is one",
            "\(message: other)\(message: newer)",
            lines: instruction.line...instruction.line
        )
    }

    private func isRefused(_ body: Range<Int>, _ word: String) -> Bool {
        if let line { return body.contains(file.source.lineRange(line).lowerBound) }
        return file.source.text(body).split(separator: "\n").contains { text in
            text.split(whereSeparator: \.isWhitespace).first?.uppercased() == word
        }
    }
}
