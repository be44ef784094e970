package import CaissonText

/// One thing that is wrong with the configuration.
package struct ConfigurationProblem: Sendable, Hashable {
    /// The file's path; nil for what a variable says.
    package let file: String?
    /// The place in the file; nil where it is the whole file.
    package let place: TextPlace?
    /// What is wrong, and what to do.
    package let message: String

    init(file: String? = nil, at place: TextPlace? = nil, _ message: String) {
        self.file = file
        self.place = place
        self.message = message
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// The message behind the file with line and column, where there are such.
    package var description: String {
        guard let file else { return message }
        return place.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// All that is wrong with the configuration.
package struct ConfigurationError: Error, Sendable {
    /// What is wrong, in the order of the file, then of the variables; never empty.
    package let problems: [ConfigurationProblem]
    /// Whether the file is no TOML, so that nothing can be said of its tables.
    package let isOfSyntax: Bool

    /// How many problems are told, so that a file of nothing else fills no terminal.
    static let most = 100

    init(_ problems: [ConfigurationProblem], isOfSyntax: Bool = false) {
        self.problems = problems
        self.isOfSyntax = isOfSyntax
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// A line for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
