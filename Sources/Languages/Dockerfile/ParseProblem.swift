/// Something in a Dockerfile that BuildKit would refuse.
package struct ParseProblem: Sendable, Hashable {
    /// What is wrong.
    package var message: String
    /// Where.
    package var span: Range<Int>

    package init(message: String, span: Range<Int>) {
        self.message = message
        self.span = span
    }
}

/// A line with `# key=value` at the top of the file, which controls the parser.
package struct Directive: Sendable, Hashable {
    /// `syntax`, `escape` or `check`.
    package var name: String
    /// What it is set to.
    package var value: String
    /// Where the value is in the file.
    package var valueSpan: Range<Int>
    /// Where the comment is in the file.
    package var span: Range<Int>
}

/// A comment.
package struct Comment: Sendable, Hashable {
    /// From `#` to the line's end.
    package var span: Range<Int>
    /// The line, from 1.
    package var line: Int
    /// The text after `#`, without white space around it.
    package var text: String
}
