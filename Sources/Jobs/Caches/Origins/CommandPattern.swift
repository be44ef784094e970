import CaissonText

/// A command with variables, which a step's name has with their values.
///
/// The front end puts values into the names of steps only; BuildKit describes records by the words that the shell gets
/// (`solver/llbsolver/ops/exec.go`). A variable that the front end doesn't know stays as it is.
struct CommandPattern {
    /// Longer texts are compared as they are, so that no peer makes this slow.
    static let longest = 4096
    /// So are texts with more variables.
    static let mostVariables = 64

    /// A text that patterns are compared with.
    ///
    /// White space was cut off at its ends, where an empty value may have had some beside it: a pattern that ends in a
    /// variable sees the text with spaces there, which the variable takes where they are too many.
    struct Name {
        private static let padding = 8
        private let padded: [UInt8]

        /// Takes a text; nil for one that is too long.
        init?(_ text: String) {
            guard text.utf8.count <= longest else { return nil }
            let spaces = Array(repeating: UInt8(ascii: " "), count: Self.padding)
            padded = spaces + Array(text.utf8) + spaces
        }

        /// The text, with spaces at its ends or not.
        func text(padded ends: (Bool, Bool)) -> ArraySlice<UInt8> {
            padded[(ends.0 ? 0 : Self.padding)..<(padded.count - (ends.1 ? 0 : Self.padding))]
        }
    }

    /// What stands between the variables, each of which may be any text; two pieces at least.
    private let pieces: [[UInt8]]

    /// Takes a command that has variables: `$NAME` or `${…}`; nil for others.
    init?(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: "$")), text.utf8.count <= Self.longest else { return nil }
        let bytes = Array(text.utf8)
        let closings = Self.closings(of: bytes)
        var (pieces, start, place) = ([[UInt8]](), 0, 0)
        while let mark = bytes[place...].firstIndex(of: UInt8(ascii: "$")) {
            place = mark + 1
            guard let end = Self.endOfVariable(bytes, from: place, closings) else { continue }
            guard pieces.count < Self.mostVariables else { return nil }
            pieces.append(Array(bytes[start..<mark]))
            (start, place) = (end, end)
        }
        guard !pieces.isEmpty else { return nil }
        self.pieces = pieces + [Array(bytes[start...])]
    }

    /// What stands before the first variable.
    var beginning: [UInt8] { pieces.first ?? [] }

    /// Whether a text is the command with some values.
    ///
    /// - Parameter work: How many bytes were looked at so far; these are added.
    func matches(_ name: Name, work: inout Int) -> Bool {
        guard let first = pieces.first, let last = pieces.last else { return false }
        let text = name.text(padded: (first.isEmpty, last.isEmpty))
        work += 8 + first.count
        guard text.count >= first.count + last.count, text.starts(with: first) else { return false }
        work += last.count
        guard text.suffix(last.count).elementsEqual(last) else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard rest.count >= piece.count else { return false }
            let count = rest.count
            let end = ByteSearch.end(of: piece, in: rest)
            rest = rest[(end ?? rest.endIndex)...]
            work += piece.count + count - rest.count
            guard end != nil else { return false }
        }
        return true
    }

    /// Where a variable ends whose name or brace is at a place; nil where none is there.
    private static func endOfVariable(_ bytes: [UInt8], from start: Int, _ closings: [Int?]) -> Int? {
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "{") {
            return start < closings.count ? closings[start].map { $0 + 1 } : nil
        }
        let name = bytes[start...].prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
        return name.first.map { $0.isDigit } ?? true ? nil : name.endIndex
    }

    /// The places of closing braces by those of the braces that they close; empty where there are none.
    private static func closings(of bytes: [UInt8]) -> [Int?] {
        guard bytes.contains(UInt8(ascii: "}")) else { return [] }
        var (open, closings) = ([Int](), [Int?](repeating: nil, count: bytes.count))
        for (place, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "{") { open.append(place) }
            if byte == UInt8(ascii: "}"), let start = open.popLast() { closings[start] = place }
        }
        return closings
    }
}
