/// Why a regular expression has no meaning.
package struct RegexError: Error, Sendable, Hashable {
    /// The kinds of mistakes, with the words that Go has for them.
    package enum Code: String, Sendable, Hashable {
        /// A range whose ends are swapped, or a class that isn't known.
        case invalidCharRange = "invalid character class range"
        /// A `\` before something that it gives no meaning.
        case invalidEscape = "invalid escape sequence"
        /// A group whose name is no name.
        case invalidNamedCapture = "invalid named capture"
        /// A `(?` that begins nothing that is known, such as a look-ahead.
        case invalidPerlOperator = "invalid or unsupported Perl syntax"
        /// A repetition of a repetition.
        case invalidRepeatOperator = "invalid nested repetition operator"
        /// A count over 1000, or two that are swapped.
        case invalidRepeatSize = "invalid repeat count"
        /// A `[` without its `]`.
        case missingBracket = "missing closing ]"
        /// A `(` without its `)`.
        case missingParenthesis = "missing closing )"
        /// A repetition of nothing.
        case missingRepeatArgument = "missing argument to repetition operator"
        /// A `\` at the end.
        case trailingBackslash = "trailing backslash at end of expression"
        /// A `)` without its `(`.
        case unexpectedParenthesis = "unexpected )"
        /// Groups in groups, too deep.
        case nestingDepth = "expression nests too deeply"
        /// More than a program may have.
        case tooLarge = "expression too large"
    }

    /// The kind of mistake.
    package var code: Code
    /// The part of the regular expression that is wrong.
    package var expression: String
    /// The reason in words of ours, for a message about a pattern that was translated to a regular expression.
    package var reason: String

    /// Makes an error about some scalars of the regular expression.
    init(_ code: Code, _ part: some Sequence<UInt32>, _ reason: String) {
        self.code = code
        self.reason = reason
        expression = String(String.UnicodeScalarView(part.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
    }
}

extension RegexError: CustomStringConvertible {
    /// The message of Go's `regexp`.
    package var description: String { "error parsing regexp: \(code.rawValue): `\(expression)`" }
}
