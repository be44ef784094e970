import CaissonText

/// Lays out columns with tabs between them, as Go's `text/tabwriter` does with tabs of eight and one blank of padding.
enum TabTable {
    private static let tab = 8

    /// The lines with their cells below each other; the last cell of a line ends no column.
    static func text(_ rows: [[String]]) -> String {
        // A line's end within a cell ends the row there, and a tab the cell, as it does in Go.
        let text = rows.map { $0.joined(separator: "\t") }.joined(separator: "\n")
        var lines = text.pieces(at: "\n").map { $0.pieces(at: "\t") }
        align(&lines, 0..<lines.count, column: 0)
        return lines.map { $0.joined() + "\n" }.joined()
    }

    /// Pads a column: lines that follow each other and have a cell behind that column share its width.
    private static func align(_ lines: inout [[String]], _ range: Range<Int>, column: Int) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard lines[start].count > column + 1 else {
                start += 1
                continue
            }
            let end = lines[start..<range.upperBound].firstIndex { $0.count <= column + 1 } ?? range.upperBound
            pad(&lines, start..<end, column: column)
            align(&lines, start..<end, column: column + 1)
            start = end
        }
    }

    private static func pad(_ lines: inout [[String]], _ range: Range<Int>, column: Int) {
        let widths = lines[range].map { $0[column].unicodeScalars.count }
        let width = ((widths.max() ?? 0) + 1 + tab - 1) / tab * tab
        for (index, used) in zip(range, widths) {
            lines[index][column] += String(repeating: "\t", count: (width - used + tab - 1) / tab)
        }
    }
}
