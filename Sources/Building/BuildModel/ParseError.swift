import CaissonText

/// Why a text is not what it was taken for: a flag's value, an entry of a manifest, a field of an API body.
public struct ParseError: Error, Sendable, Hashable {
    /// What the text was read as, such as `platform`.
    public var subject: String
    /// The offending text, with secrets in it replaced by `***`.
    public var text: String
    /// What is wrong with it.
    public var problem: String
    /// The form that was expected; empty when the problem says it all.
    public var expected: String

    /// Makes an error.
    public init(_ subject: String, _ text: String, _ problem: String, expected: String = "") {
        self.subject = subject
        self.text = text
        self.problem = problem
        self.expected = expected
    }
}

extension ParseError: CustomStringConvertible {
    /// One line: the subject, the text in quotes, the problem and the expected form.
    public var description: String {
        let base = "invalid \(subject) \(text.quoted): \(problem)"
        return expected.isEmpty ? base : "\(base); expected \(expected)"
    }
}

extension BuildError {
    /// A usage error that says what could not be parsed.
    public init(_ error: ParseError) {
        self.init(.usage, error.description)
    }
}
