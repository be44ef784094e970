/// A Dockerfile, read without loss: its tokens, one after the other, make up the file again.
///
/// Text that can't be read becomes a problem with its place, and reading goes on at the next instruction.
package struct Dockerfile: Sendable {
    /// The file.
    package let source: SourceText
    /// All of the file in pieces.
    package internal(set) var tokens: [Token] = []
    /// The parser directives at the top.
    package internal(set) var directives: [Directive] = []
    /// All comments, except for directives.
    package internal(set) var comments: [Comment] = []
    /// All instructions in order.
    package internal(set) var instructions: [Instruction] = []
    /// What BuildKit would refuse when it reads the file, in the file's order.
    package internal(set) var problems: [ParseProblem] = []
    /// The byte that escapes a character and continues a line: `\`, or a backtick.
    package internal(set) var escape = UInt8(ascii: "\\")
    /// The stages.
    package internal(set) var stages: [Stage] = []

    /// Reads a Dockerfile.
    package init(parsing bytes: [UInt8]) {
        source = SourceText(bytes)
        var parser = DockerfileParser(source)
        parser.parse()
        tokens = parser.tokens
        directives = parser.directives
        comments = parser.comments
        instructions = parser.instructions
        problems = parser.problems
        escape = parser.escape
        stages = Stage.all(of: instructions)
        addStructureProblems()
    }

    /// Reads a Dockerfile from a text.
    package init(parsing text: String) {
        self.init(parsing: Array(text.utf8))
    }

    /// The file again, from its tokens.
    package var printed: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(source.bytes.count)
        for token in tokens { out.append(contentsOf: source.bytes[token.range]) }
        return out
    }

    /// What BuildKit would refuse once it has read the file: wrong values, names and sources.
    ///
    /// Unlike `problems` they leave no doubt what the file means.
    package var refusals: [ParseProblem] { StageWalk.problems(of: self) }

    /// The place of a zero byte near the file's beginning, as binary files have it; nil in text.
    package var firstZero: Int? { source.bytes.prefix(8192).firstIndex(of: 0) }

    /// The value of a parser directive.
    package func directive(_ name: String) -> Directive? { directives.first { $0.name == name } }

    private mutating func addStructureProblems() {
        if instructions.isEmpty {
            // BuildKit says so of the last line.
            let end = source.bytes.count
            let last = max(0, end - 1)..<end
            problems.append(ParseProblem(message: "there is no instruction in this file", span: last))
        } else if stages.isEmpty, problems.isEmpty {
            let span = (instructions.first { $0.keyword != .arg } ?? instructions[0]).name.span
            problems.append(
                ParseProblem(message: "there is no FROM in this file, so there is nothing to build", span: span)
            )
        }
        problems.sort { $0.span.lowerBound < $1.span.lowerBound }
    }
}
