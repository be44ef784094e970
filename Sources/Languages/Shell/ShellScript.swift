/// Shell text, read as far as checks need it: every simple command in it, wherever it is.
///
/// Commands within `if`, loops, `case`, functions, subshells, `$(…)` and backquotes are among the others, in the order
/// of the text. Reading ends for any text, and gives what could be understood.
package struct ShellScript: Sendable {
    /// The simple commands, in the order in which they begin.
    package var commands: [ShellCommand] = []
    /// Where each `|` and `|&` stands.
    package var pipes: [Range<Int>] = []
    /// How many commands are at the top; a compound one (`if … fi`, `( … )`) counts once.
    package var topLevelCount = 0
    /// Whether quotes or brackets aren't closed.
    package var isIncomplete = false

    /// Reads a range of bytes; all places in the result are offsets in `bytes`.
    package init(parsing bytes: [UInt8], range: Range<Int>? = nil) {
        var reader = ShellReader(bytes: bytes, range: range ?? 0..<bytes.count)
        self = reader.read()
    }

    /// Reads a text.
    package init(parsing text: String) {
        self.init(parsing: Array(text.utf8))
    }

    init() {}

    /// The commands that one pipeline consists of, in order.
    package func pipeline(of command: ShellCommand) -> [ShellCommand] {
        commands.filter { $0.pipeline == command.pipeline }
    }
}

/// One simple command: assignments, words, redirections.
package struct ShellCommand: Sendable, Hashable {
    /// What connects a command to the one before it.
    package enum Connector: Sendable, Hashable {
        /// Nothing: it is the first, or follows `then`, `do` and the like.
        case start
        case and, or, semicolon, newline, background, pipe
    }

    /// `NAME=value` before the command's name.
    package struct Assignment: Sendable, Hashable {
        /// The variable.
        package var name: String
        /// The value without quotes.
        package var value: String
        /// Where all of it stands.
        package var range: Range<Int>

        /// `name=value` at a place.
        package init(name: String, value: String, range: Range<Int>) {
            self.name = name
            self.value = value
            self.range = range
        }
    }

    /// `>file` and the like.
    package struct Redirection: Sendable, Hashable {
        /// `<`, `>`, `>>`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `<>`, `>|`, `&>`, `&>>`.
        package var symbol: String
        /// The file, descriptor or heredoc's name.
        package var target: ShellWord
    }

    /// The assignments before the name.
    package var assignments: [Assignment] = []
    /// The name and its arguments.
    package var words: [ShellWord] = []
    /// The redirections.
    package var redirections: [Redirection] = []
    /// Where it stands.
    package var range: Range<Int>
    /// What is before it.
    package var connector = Connector.start
    /// The number of its pipeline, the same for all commands in it.
    package var pipeline = 0
    /// How deep it is in compound commands and substitutions.
    package var depth = 0
    /// Whether it is inside `$(…)`, backquotes, `<(…)` or `>(…)`.
    package var isSubstituted = false

    /// A command without words yet.
    package init(range: Range<Int>) {
        self.range = range
    }

    /// The command's name as it is written, without quotes; empty for assignments alone.
    package var name: String { words.first?.text ?? "" }

    /// The words after the name.
    package var arguments: ArraySlice<ShellWord> { words.dropFirst() }
}

/// A word of a command.
package struct ShellWord: Sendable, Hashable {
    /// The text without quotes; variables and substitutions stay as they are written.
    package var text: String
    /// Where it stands.
    package var range: Range<Int>
    /// Whether any of it is quoted.
    package var isQuoted = false
    /// Whether it contains a variable or a substitution.
    package var hasExpansion = false

    /// A word that is written as it is.
    package init(text: String, range: Range<Int>) {
        self.text = text
        self.range = range
    }
}
