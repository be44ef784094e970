import CaissonText

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
        let read = ShellWords(line)
        let last = read.last ?? ""
        words = read.ended + [last]
        let breaks = separators.filter { "=:@".contains($0) }
        if let place = last.lastIndex(where: { breaks.contains($0) }) { cut = String(last[...place]) }
    }
}
