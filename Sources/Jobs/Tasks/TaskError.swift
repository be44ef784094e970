package import CaissonText

/// One thing that is wrong with a task's file.
package struct TaskProblem: Sendable, Hashable {
    /// The file, as its user named it.
    package let file: String
    /// The place in the file; nil where it is the whole file.
    package let place: TextPlace?
    /// What is wrong, and what to do.
    package let message: String

    init(_ file: String, _ place: TextPlace? = nil, _ message: String) {
        self.file = file
        self.place = place
        self.message = message
    }
}

extension TaskProblem: CustomStringConvertible {
    /// The message behind the file with line and column, where there are such.
    package var description: String { place.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)" }
}

/// All that is wrong with a task's file.
package struct TaskError: Error, Sendable, Hashable {
    /// How many problems are told, so that a file of nothing else fills no terminal.
    static let most = 100

    /// What is wrong, in the order of the file; never empty.
    package let problems: [TaskProblem]

    init(_ problems: [TaskProblem]) {
        self.problems = problems
    }
}

extension TaskError: CustomStringConvertible {
    /// A line for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
