/// Turns frames of lines into the bytes that show them on a terminal, each frame over the one before.
///
/// Each frame starts at the first line of the one before, and leaves the cursor below its last line. Within a frame the
/// cursor is hidden and lines don't wrap; after it both are as before, so that even a program that is killed leaves the
/// terminal usable. A terminal that became narrower has wrapped the old lines, so they are counted as it shows them
/// now.
package struct TTYScreen: Sendable {
    /// Resets a terminal in the middle of any frame: no colour, lines wrap, the cursor is shown.
    package static let restoreSequence = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h"

    private static let beginning = "\u{1B}[?25l\u{1B}[?7l"

    /// The cells of the lines on the terminal.
    private var shown: [Int] = []
    private var shownWidth = 0

    /// Makes a screen that has shown nothing yet.
    package init() {}

    /// Draws a frame over the last one; if there are too many lines, the first one and the last ones are shown.
    ///
    /// - Parameter above: Lines that stay on the terminal above the frame.
    package mutating func draw(_ frame: [String], above: [String] = [], width: Int, height: Int) -> String {
        var lines = frame
        let room = max(0, height - 1)
        if lines.count > room {
            lines = Array(lines.prefix(1) + lines.suffix(max(0, room - 1))).prefix(room).map { $0 }
        }
        var out = start(width: width)
        if !above.isEmpty {
            out += "\u{1B}[J"
            for line in above { out += line + "\r\n" }
        }
        out += Self.beginning
        for line in lines { out += "\u{1B}[2K\(line)\r\n" }
        shown = lines.map(Self.cells)
        shownWidth = width
        return out + "\u{1B}[J" + Self.restoreSequence
    }

    /// Draws all of the last frame, even on a low terminal; a later frame starts below it.
    package mutating func finish(_ frame: [String], above: [String] = [], width: Int) -> String {
        var out = start(width: width) + "\u{1B}[J"
        for line in above + frame { out += line + "\r\n" }
        shown = []
        return out + Self.restoreSequence
    }

    private func start(width: Int) -> String {
        let rows = shown.reduce(0) { sum, cells in
            sum + (width < shownWidth && width > 0 ? max(1, (cells + width - 1) / width) : 1)
        }
        return rows > 0 ? "\r\u{1B}[\(rows)A" : "\r"
    }

    /// The cells of a line with our colour sequences in it.
    private static func cells(_ line: String) -> Int {
        guard line.utf8.contains(0x1B) else { return CellWidth.cells(line) }
        return CellWidth.cells(SafeText.line(line))
    }
}
