import CaissonText

/// Where two files that should be equal differ first, as precisely as their form tells.
package struct FileDifference: Sendable, Hashable {
    /// What differs at the place.
    package enum Kind: Sendable, Hashable {
        /// Bytes differ.
        case content
        /// One ends where the other goes on: how many bytes each has.
        case length(Int, Int)
        /// The place is only in the first.
        case onlyInFirst
        /// The place is only in the second.
        case onlyInSecond
        /// The bytes are equal, and something that is told beside them isn't: its name, and both values.
        case attribute(String, String, String)
        /// The same parts are in another order: which part is where another one is in the second.
        case order(FilePlace, FilePlace)
        /// What is compressed is equal, and what it was compressed to isn't.
        case compression
        /// A file of one type is a file of another type in the second, such as a link.
        case fileType(String, String)
        /// It can't be compared, for this reason.
        case unreadable(String)
    }

    /// The parts that lead to the difference, the outermost first; none for the file itself.
    package var place: [FilePlace] = []
    /// What differs.
    package var kind: Kind
    /// The first byte that differs, counted from the beginning of the innermost part.
    package var offset: Int?
    /// The line of a text that differs first, from 1.
    package var line: Int?
    /// What stands there in both.
    package var excerpt: DifferenceExcerpt?
    /// Why it differs, where that is plain.
    package var cause: DifferenceCause?

    /// Makes a difference.
    package init(_ kind: Kind, offset: Int? = nil, line: Int? = nil) {
        self.kind = kind
        self.offset = offset
        self.line = line
    }

    /// The same, seen from the file that a part is in.
    func within(_ part: FilePlace) -> FileDifference {
        var difference = self
        difference.place.insert(part, at: 0)
        return difference
    }
}

extension FileDifference: CustomStringConvertible {
    /// One line that follows the name of the file and a colon.
    package var description: String {
        let parts = place.map(\.description).joined(separator: ", ")
        let shown = excerpt.map { ": \($0)" } ?? ""
        let advice = cause.map { " (\($0))" } ?? ""
        return (parts.isEmpty ? "" : parts + " ") + what + shown + advice
    }

    private var what: String {
        switch kind {
        case .content: "differs at \(spot)"
        case .length(let first, let second): "has \(first) bytes in the first and \(second) in the second, equal before"
        case .onlyInFirst: "is only in the first"
        case .onlyInSecond: "is only in the second"
        case .attribute(let name, let first, let second):
            "has the \(name) \(first) in the first and \(second) in the second"
        case .order(let first, let second): "has \(first) where the second has \(second)"
        case .compression: "differs at \(spot) by how it is compressed; what comes out is equal"
        case .fileType(let first, let second): "is a \(first) in the first and a \(second) in the second"
        case .unreadable(let reason): "can't be compared: \(reason)"
        }
    }

    private var spot: String {
        line.map { "line \($0)" } ?? "byte 0x" + String(offset ?? 0, radix: 16)
    }
}
