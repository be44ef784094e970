/// A command line as bash has it at a TAB: text up to the cursor.
package struct BashLine: Sendable, Hashable {
    /// The words without quotes; the last one, which may be empty, is being written.
    package var words: [String] = []
    /// The beginning of the last word up to the last byte that separates words for bash.
    package var cut = ""

    /// Reads a line.
    ///
    /// - Parameter separators: The bytes that separate words, `COMP_WORDBREAKS`; quotes and blanks among them are known.
    package init(_ line: String, separators: String) {
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        words.append(word ?? "")
        let last = words[words.count - 1]
        let breaks = separators.filter { "=:@".contains($0) }
        if let place = last.lastIndex(where: { breaks.contains($0) }) { cut = String(last[...place]) }
    }
}
