/// A text's words as a shell has them: without quotes and backslashes, and with nothing in them replaced.
package struct ShellWords: Sendable, Hashable {
    /// The words that have ended.
    package private(set) var ended: [String] = []
    /// The word that the text ends in; nil behind a blank.
    package private(set) var last: String?
    /// Whether the text ends inside of quotes, or behind a backslash.
    package private(set) var isOpen = false

    /// Reads a text.
    package init(_ text: String) {
        var quote: Unicode.Scalar?
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                // Between double quotes, a backslash stands for itself but before these two.
                if quote == "\"", scalar != "\"", scalar != "\\" { append("\\") }
                append(scalar)
                isEscaped = false
            } else if scalar == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if scalar == open { quote = nil } else { append(scalar) }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
                last = last ?? ""
            } else if [" ", "\t", "\n", "\r"].contains(scalar) {
                if let last { ended.append(last) }
                last = nil
            } else {
                append(scalar)
            }
        }
        isOpen = quote != nil || isEscaped
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        var word = last ?? ""
        word.unicodeScalars.append(scalar)
        last = word
    }

    /// All words, the one that the text ends in among them.
    package var all: [String] { ended + (last.map { [$0] } ?? []) }
}

extension ShellWords {
    /// A word as a shell takes it for one: in single quotes where it has more than ordinary characters.
    package static func quoted(_ word: String) -> String {
        let plain = Set("_@%+=:,./-".utf8)
        let isPlain = !word.isEmpty && word.utf8.allSatisfy { $0.isAlphanumeric || plain.contains($0) }
        guard !isPlain else { return word }
        return "'" + word.pieces(at: "'").joined(separator: "'\\''") + "'"
    }

    /// Arguments in a line, each as a shell takes it for one word.
    package static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
