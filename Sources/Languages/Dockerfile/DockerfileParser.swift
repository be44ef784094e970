import CaissonText

/// Reads a Dockerfile line by line.
///
/// An instruction's lines are joined first, as BuildKit joins them: the escape at a line's end is removed, and comments
/// and empty lines in between are passed over. The words are then read from the joined text, which knows where each
/// byte is in the file.
struct DockerfileParser {
    let source: SourceText
    var tokens: [Token] = []
    var directives: [Directive] = []
    var comments: [Comment] = []
    var instructions: [Instruction] = []
    var problems: [ParseProblem] = []
    var escape = UInt8(ascii: "\\")

    private let bytes: [UInt8]
    /// The line that is read next, counted from 0.
    private var line = 0
    private var mayBeDirective = true
    /// Whether the first line is `#!…`: directives after it say which front end and checks are meant, and nothing else.
    private var hasShebang = false
    /// Where the comments right above the next instruction begin.
    private var commentsAbove = 0

    init(_ source: SourceText) {
        self.source = source
        bytes = source.bytes
        tokens.reserveCapacity(source.lineCount * 4)
    }

    mutating func parse() {
        guard !bytes.isEmpty else { return }
        while line < source.lineCount { parseLine() }
        findLongLines()
    }

    /// BuildKit's reader has room for so many bytes of a line.
    private static let longestLine = 65535

    private mutating func findLongLines() {
        for (number, start) in source.lineStarts.enumerated() {
            let end = number + 1 < source.lineCount ? source.lineStarts[number + 1] : bytes.count
            guard end - start > Self.longestLine else { continue }
            let length = end - start - (bytes[end - 1] == Ascii.newline ? 1 : 0)
            guard length > Self.longestLine else { continue }
            let message = "this line is \(length) bytes long; BuildKit reads \(Self.longestLine) at most"
            problems.append(ParseProblem(message: message, span: start..<(start + 1)))
        }
    }

    // MARK: Lines

    /// The line's bytes without its end, and the offset after its end.
    private func bounds(_ line: Int) -> (content: Range<Int>, end: Int) {
        let start = source.lineStarts[line]
        let end = line + 1 < source.lineCount ? source.lineStarts[line + 1] : bytes.count
        var last = end
        while last > start, bytes[last - 1] == Ascii.newline || bytes[last - 1] == Ascii.carriageReturn { last -= 1 }
        return (start..<last, end)
    }

    private mutating func add(_ kind: Token.Kind, _ start: Int, _ end: Int) {
        if start < end { tokens.append(Token(kind: kind, start: start, end: end)) }
    }

    private func afterSpaces(_ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let length = Spaces.length(at: index, in: bytes)
            if length == 0 { break }
            index += length
        }
        return min(index, range.upperBound)
    }

    private mutating func parseLine() {
        var (content, end) = bounds(line)
        if line == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            add(.byteOrderMark, 0, 3)
            content = 3..<max(3, content.upperBound)
        }
        let start = afterSpaces(content)
        guard start < content.upperBound else {
            mayBeDirective = false
            add(.blank, content.lowerBound, content.upperBound)
            add(.newline, content.upperBound, end)
            line += 1
            return
        }
        add(.blank, content.lowerBound, start)
        if bytes[start] == UInt8(ascii: "#") {
            comment(start..<content.upperBound, isIndented: start > content.lowerBound)
            add(.newline, content.upperBound, end)
            line += 1
        } else {
            mayBeDirective = false
            instruction(at: start)
        }
    }

    private mutating func comment(_ range: Range<Int>, isIndented: Bool) {
        if line == 0, !isIndented, bytes[range].starts(with: [0x23, 0x21]) {
            hasShebang = true
        } else if mayBeDirective, let directive = DirectiveReader.read(bytes, range) {
            add(.directive, range.lowerBound, range.upperBound)
            // BuildKit looks for a front end and for checks at the very beginning of lines.
            if !isIndented || directive.name == "escape" { use(directive) }
            return
        } else {
            mayBeDirective = false
        }
        add(.comment, range.lowerBound, range.upperBound)
        let text = trimmed((range.lowerBound + 1)..<range.upperBound)
        comments.append(Comment(span: range, line: line + 1, text: source.text(text)))
        if text.isEmpty { commentsAbove = comments.count }
    }

    private mutating func use(_ directive: Directive) {
        defer { directives.append(directive) }
        if hasShebang { return }
        if self.directives.contains(where: { $0.name == directive.name }) {
            let message = "only one \(directive.name) parser directive can be used"
            problems.append(ParseProblem(message: message, span: directive.span))
        } else if directive.name == "escape" {
            if directive.value == "`" || directive.value == "\\" {
                escape = directive.value.utf8.first ?? escape
            } else {
                let message = "invalid escape token \(quoted(directive.value)): it can be \\ or `"
                problems.append(ParseProblem(message: message, span: directive.valueSpan))
            }
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        let start = afterSpaces(range)
        var end = range.upperBound
        while end > start, Ascii.isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    // MARK: Instructions

    /// The content of a line without the escape that continues it; nil when the line isn't continued.
    private func continued(_ content: Range<Int>) -> Range<Int>? {
        var end = content.upperBound
        while end > content.lowerBound, Ascii.isBlank(bytes[end - 1]) { end -= 1 }
        guard end > content.lowerBound, bytes[end - 1] == escape else { return nil }
        if end - 2 >= content.lowerBound, bytes[end - 2] == escape { return nil }
        return content.lowerBound..<(end - 1)
    }

    private mutating func instruction(at start: Int) {
        var text = LogicalText()
        let firstLine = line
        let firstToken = tokens.count
        var emptyLines: [Int] = []
        var last = start
        var content = start..<bounds(line).content.upperBound
        while true {
            let end = bounds(line).end
            let isFirst = line == firstLine
            line += 1
            let inner = afterSpaces(content)
            if !isFirst, inner == content.upperBound {
                emptyLines.append(line)
                add(.blank, content.lowerBound, content.upperBound)
            } else if !isFirst, bytes[inner] == UInt8(ascii: "#") {
                add(.blank, content.lowerBound, inner)
                add(.comment, inner, content.upperBound)
                let words = trimmed((inner + 1)..<content.upperBound)
                comments.append(
                    Comment(span: inner..<content.upperBound, line: line, text: source.text(words))
                )
            } else if let kept = continued(content) {
                text.append(bytes, kept)
                add(.argument, kept.lowerBound, kept.upperBound)
                add(.continuation, kept.upperBound, content.upperBound)
                last = content.upperBound
            } else {
                text.append(bytes, content)
                add(.argument, content.lowerBound, content.upperBound)
                add(.newline, content.upperBound, end)
                last = content.upperBound
                break
            }
            add(.newline, content.upperBound, end)
            guard line < source.lineCount else { break }
            content = bounds(line).content
        }
        finish(text, start..<last, firstLine: firstLine, firstToken: firstToken, emptyLines: emptyLines)
    }

    private mutating func finish(
        _ text: LogicalText,
        _ span: Range<Int>,
        firstLine: Int,
        firstToken: Int,
        emptyLines: [Int]
    ) {
        var reader = InstructionReader(text: text, escape: escape)
        reader.hasOwnFrontEnd = directives.contains { $0.name == "syntax" }
        guard var instruction = reader.read() else {
            commentsAbove = comments.count
            // Only the end of the file ends such lines.
            problems.append(ParseProblem(message: "unknown instruction: there is none after this escape", span: span))
            return
        }
        instruction.span = span
        instruction.line = firstLine + 1
        instruction.lastLine = source.line(of: max(span.lowerBound, span.upperBound - 1))
        instruction.emptyLines = emptyLines
        let above = comments.lastIndex { $0.line <= firstLine }.map { $0 + 1 } ?? 0
        instruction.comments = min(commentsAbove, above)..<above
        commentsAbove = comments.count
        var found = reader.problems
        refineTokens(from: firstToken, instruction)
        takeBodies(of: &instruction, &found)
        instructions.append(instruction)
        problems += found
    }

    /// Separates keyword and flags from the other arguments, if each of them is within one line.
    private mutating func refineTokens(from first: Int, _ instruction: Instruction) {
        var marks: [(range: Range<Int>, kind: Token.Kind)] = [(instruction.name.span, .keyword)]
        marks += instruction.flags.map { ($0.span, .flag) }
        var refined: [Token] = []
        var mark = 0
        for token in tokens[first...] {
            var start = token.start
            while token.kind == .argument, mark < marks.count, marks[mark].range.lowerBound < token.end {
                let range = marks[mark].range
                mark += 1
                guard range.lowerBound >= start, range.upperBound <= token.end else { continue }
                if start < range.lowerBound {
                    refined.append(Token(kind: .argument, start: start, end: range.lowerBound))
                }
                refined.append(Token(kind: marks[mark - 1].kind, start: range.lowerBound, end: range.upperBound))
                start = range.upperBound
            }
            if start < token.end { refined.append(Token(kind: token.kind, start: start, end: token.end)) }
        }
        tokens.replaceSubrange(first..., with: refined)
    }

    // MARK: Heredocs

    private mutating func takeBodies(of instruction: inout Instruction, _ found: inout [ParseProblem]) {
        for index in instruction.heredocs.indices {
            let heredoc = instruction.heredocs[index]
            let start = line < source.lineCount ? source.lineStarts[line] : bytes.count
            guard let endLine = terminator(of: heredoc) else {
                let message = "the heredoc \(quoted(heredoc.name)) has no end: a line with nothing but its name"
                found.append(ParseProblem(message: message, span: heredoc.span))
                skipOpenHeredoc(&instruction.heredocs[index])
                return
            }
            let bounds = bounds(endLine)
            instruction.heredocs[index].body = start..<bounds.content.lowerBound
            add(.heredocBody, start, bounds.content.lowerBound)
            add(.heredocEnd, bounds.content.lowerBound, bounds.content.upperBound)
            add(.newline, bounds.content.upperBound, bounds.end)
            line = endLine + 1
            instruction.lastLine = line
            instruction.span = instruction.span.lowerBound..<bounds.content.upperBound
        }
    }

    /// Ends a heredoc that lacks its end at the next line with an instruction in capitals, so that the rest is read.
    private mutating func skipOpenHeredoc(_ heredoc: inout Heredoc) {
        let start = line < source.lineCount ? source.lineStarts[line] : bytes.count
        while line < source.lineCount {
            let (content, end) = bounds(line)
            let name = bytes[content].prefix { !Ascii.isSpace($0) }
            if name.count < 12, Keyword(rawValue: String(decoding: name, as: UTF8.self)) != nil { break }
            add(.heredocBody, content.lowerBound, end)
            line += 1
        }
        heredoc.body = start..<(line < source.lineCount ? source.lineStarts[line] : bytes.count)
    }

    private func terminator(of heredoc: Heredoc) -> Int? {
        let name = Array(heredoc.name.utf8)
        var candidate = line
        while candidate < source.lineCount {
            var content = bounds(candidate).content
            if heredoc.stripsTabs {
                while let first = content.first, bytes[first] == Ascii.tab { content = content.dropFirst() }
            }
            if content.count == name.count, bytes[content].elementsEqual(name) { return candidate }
            candidate += 1
        }
        return nil
    }
}
