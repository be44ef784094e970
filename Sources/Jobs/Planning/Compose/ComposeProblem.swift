package import CaissonText

/// Where something stands in a compose file or in a file that it names.
package struct ComposePlace: Sendable, Hashable, CustomStringConvertible {
    /// The file's name, as the user gave it.
    package var file: String
    /// Line and column.
    package var place: TextPlace

    /// Makes a place; without line and column it is the file's beginning.
    package init(_ file: String, _ place: TextPlace = TextPlace(line: 1, column: 1)) {
        self.file = file
        self.place = place
    }

    /// File, line and column with colons between them.
    package var description: String { "\(file):\(place)" }
}

/// Something that is wrong with a compose file, or that its author should know.
package struct ComposeProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where it is.
    package var place: ComposePlace
    /// What it is, which key it concerns, and what to do.
    package var message: String

    /// Place and message.
    package var description: String { "\(place): \(message)" }
}

/// All that is wrong with the compose files of a project.
package struct ComposeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The problems in the order of files, lines and columns; never empty.
    package var problems: [ComposeProblem]

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// What is found while files are read; of a problem that is found twice one is kept.
struct ComposeReport {
    /// No file needs more than this many lines of complaint.
    private static let limit = 200

    private(set) var problems: Set<ComposeProblem> = []
    private(set) var warnings: Set<ComposeProblem> = []

    /// Notes what makes the files unusable.
    mutating func refuse(_ place: ComposePlace, _ message: String) {
        guard problems.count < Self.limit else { return }
        problems.insert(ComposeProblem(place: place, message: message))
    }

    /// Notes what works, but was probably meant otherwise.
    mutating func warn(_ place: ComposePlace, _ message: String) {
        guard warnings.count < Self.limit else { return }
        warnings.insert(ComposeProblem(place: place, message: message))
    }

    /// Problems by file, line, column and message.
    static func sorted(_ problems: Set<ComposeProblem>) -> [ComposeProblem] {
        problems.sorted { one, other in
            let (a, b) = (one.place, other.place)
            if a.file != b.file { return a.file < b.file }
            if a.place.line != b.place.line { return a.place.line < b.place.line }
            if a.place.column != b.place.column { return a.place.column < b.place.column }
            return one.message < other.message
        }
    }
}
