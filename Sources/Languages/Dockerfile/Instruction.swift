/// What an instruction does.
package enum Keyword: String, Sendable, CaseIterable {
    case add = "ADD", arg = "ARG", cmd = "CMD", copy = "COPY", entrypoint = "ENTRYPOINT", env = "ENV"
    case expose = "EXPOSE", from = "FROM", healthcheck = "HEALTHCHECK", label = "LABEL", maintainer = "MAINTAINER"
    case onbuild = "ONBUILD", run = "RUN", shell = "SHELL", stopsignal = "STOPSIGNAL", user = "USER"
    case volume = "VOLUME", workdir = "WORKDIR"
}

/// A word of an instruction.
package struct Word: Sendable, Hashable {
    /// The text as it is written; for a JSON string, its value.
    package var text: String
    /// Where it is in the instruction's joined text.
    package var range: Range<Int>
    /// Where it stands in the file.
    package var span: Range<Int>

    package init(text: String, range: Range<Int>, span: Range<Int>) {
        self.text = text
        self.range = range
        self.span = span
    }

    /// The text without quotes and escapes; variables stay as they are.
    package var unquoted: String { Expansion.unquoted(text) }
}

/// A flag of an instruction, such as `--from=build`.
package struct Flag: Sendable, Hashable {
    /// The name without dashes.
    package var name: String
    /// The value; nil without `=`.
    package var value: String?
    /// Where the whole flag is in the file.
    package var span: Range<Int>
    /// Where the value is in the file.
    package var valueSpan: Range<Int>
}

/// A `key=value` of ENV, LABEL and ARG.
package struct Pair: Sendable, Hashable {
    /// The key as it is written.
    package var key: Word
    /// The value as it is written, with its quotes; nil if there is none.
    package var value: Word?
    /// Whether it is of the form `key value`.
    package var isLegacy = false
    /// Where both stand in the file.
    package var span: Range<Int>
}

/// A heredoc of RUN, COPY or ADD.
package struct Heredoc: Sendable, Hashable {
    /// The word that ends it, without quotes.
    package var name: String
    /// The descriptor before `<<`; 0 if there is none.
    package var descriptor: Int
    /// Whether variables in it are expanded, as they are unless its name is quoted.
    package var expands: Bool
    /// Whether leading tabs go: `<<-`.
    package var stripsTabs: Bool
    /// Where `<<NAME` is in the joined text.
    package var range: Range<Int>
    /// Where `<<NAME` is in the file.
    package var span: Range<Int>
    /// Where its lines are in the file, including the end of the last line.
    package var body: Range<Int>
}

/// The arguments of an instruction.
package enum Arguments: Sendable, Hashable {
    /// Words between blanks, or a single text.
    case words([Word])
    /// A JSON list of strings.
    case json([Word])
    /// Keys and values.
    case pairs([Pair])
    /// Nothing.
    case none
}

/// One instruction of a Dockerfile.
package struct Instruction: Sendable {
    /// Which instruction it is; nil for a word that is no instruction.
    package var keyword: Keyword?
    /// The instruction's name as it is written, with its place.
    package var name: Word
    /// Where it is in the file, including heredocs, without the end of the last line.
    package var span: Range<Int>
    /// Its first line.
    package var line: Int
    /// Its last line.
    package var lastLine: Int
    /// The flags.
    package var flags: [Flag] = []
    /// Its arguments.
    package var arguments = Arguments.none
    /// The part of `text` that has the arguments, after the flags.
    package var rest: Range<Int>
    /// The whole instruction with its continuation lines joined.
    package var text: LogicalText
    /// The heredocs in the order of their bodies.
    package var heredocs: [Heredoc] = []
    /// HEALTHCHECK: `NONE` or `CMD`.
    package var healthcheckKind: Word?
    /// The instruction after ONBUILD: one, or none.
    package var triggers: [Instruction] = []
    /// The comments right above, as indices of the file's comments.
    package var comments: Range<Int> = 0..<0
    /// The empty lines between its continuation lines.
    package var emptyLines: [Int] = []

    /// The arguments' words in any form; none if the arguments are pairs.
    package var words: [Word] {
        switch arguments {
        case .words(let words), .json(let words): words
        case .pairs, .none: []
        }
    }

    /// The keys and values of ENV, LABEL and ARG.
    package var pairs: [Pair] {
        if case .pairs(let pairs) = arguments { pairs } else { [] }
    }

    /// Whether the arguments are a JSON list.
    package var isJSON: Bool {
        if case .json = arguments { true } else { false }
    }

    /// The text after the flags.
    package var restText: String { text.text(rest) }

    /// Where the arguments are in the file.
    package var restSpan: Range<Int> { text.source(of: rest) }

    /// A flag by its name; the last one if it comes several times.
    package func flag(_ name: String) -> Flag? { flags.last { $0.name == name } }
}
