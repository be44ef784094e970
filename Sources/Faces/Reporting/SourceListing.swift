import CaissonBuildModel

/// The lines of a source file around the places that an error or a warning is about, as BuildKit's clients print them.
enum SourceListing {
    /// The most lines that are printed.
    private static let limit = 40

    /// The listing: file and line, then the numbered lines with `>>>` at those in the ranges; empty if there are none.
    static func text(_ source: SourceInfo, _ ranges: [SourceRange]) -> String {
        let lines = source.data.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let first = ranges.map(\.startLine).min(), first >= 1, first <= lines.count else { return "" }
        let last = min(ranges.map { max($0.startLine, $0.endLine) }.max() ?? first, lines.count)
        let (start, end) = window(first, last, of: lines.count)
        var out = "\(SafeText.line(source.filename)):\(first)\n\(rule)"
        for number in start...min(end, start + limit - 1) {
            let isMarked = ranges.contains { $0.startLine <= number && max($0.startLine, $0.endLine) >= number }
            let digits = String(number)
            let margin = String(repeating: " ", count: max(0, 3 - digits.utf8.count))
            var text = lines[number - 1].prefix(4096)
            if text.last == 0x0D { text.removeLast() }
            out += " \(margin)\(digits) | \(isMarked ? ">>>" : "   ") \(SafeText.line(text, keepsTabs: true))\n"
        }
        if end >= start + limit { out += "     | (\(end - start - limit + 1) more lines)\n" }
        return out + rule
    }

    private static let rule = "--------------------\n"

    /// Widens a range of one line by two lines on each side, any other by one; near an end of the file the other side
    /// gets more.
    private static func window(_ first: Int, _ last: Int, of count: Int) -> (start: Int, end: Int) {
        var (start, end) = (first, last)
        let padding = first == last ? 4 : 2
        var added = 0
        while added < padding {
            if start > 1 {
                start -= 1
                added += 1
            }
            if end < count {
                end += 1
                added += 1
            }
            added += 1
        }
        return (start, end)
    }
}
