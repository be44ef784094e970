/// Turns frames of lines into the bytes that show them on a terminal, each frame over the one before.
///
/// Only the lines that differ are written, within a synchronised update, so that a terminal that knows it never shows
/// half a frame. The cursor is left below the last line. Within a frame it is hidden and lines don't wrap; after it both
/// are as before, so that even a program that is killed leaves the terminal usable. A terminal that became narrower has
/// wrapped the old lines, so they are counted as it shows them now, and all are written again.
package struct TTYScreen: Sendable {
    /// Resets a terminal in the middle of any frame: no colour, lines wrap, the cursor is shown, updates are shown.
    package static let restoreSequence = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?2026l"

    /// Begins a synchronised update, which `restoreSequence` ends; terminals that don't know it pass it over.
    private static let beginning = "\u{1B}[?2026h\u{1B}[?25l\u{1B}[?7l"
    /// After how many frames all lines are written again, as another program may have written over them.
    private static let framesUntilWhole = 50

    /// The lines on the terminal, and its size when they were written.
    private var shown: [String] = []
    private var shownSize = (width: 0, height: 0)
    private var frames = 0

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
        frames += 1
        let isWhole = !above.isEmpty || shownSize != (width, height) || frames % Self.framesUntilWhole == 0
        let text = isWhole ? whole(lines, above: above, width: width) : changed(lines)
        shown = lines
        shownSize = (width, height)
        return text
    }

    /// Draws all of the last frame, even on a low terminal; a later frame starts below it.
    package mutating func finish(_ frame: [String], above: [String] = [], width: Int) -> String {
        var out = start(width: width) + "\u{1B}[J"
        for line in above + frame { out += line + "\r\n" }
        shown = []
        return out + Self.restoreSequence
    }

    private func whole(_ lines: [String], above: [String], width: Int) -> String {
        // Lines above the frame may wrap, so they come before the terminal is told not to.
        var out = start(width: width)
        if !above.isEmpty {
            out += "\u{1B}[J"
            for line in above { out += line + "\r\n" }
        }
        out += Self.beginning
        for line in lines { out += "\u{1B}[2K\(line)\r\n" }
        return out + "\u{1B}[J" + Self.restoreSequence
    }

    /// The lines that differ, with the cursor moved past those that don't.
    private func changed(_ lines: [String]) -> String {
        let first = zip(shown, lines).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let start = first ?? min(shown.count, lines.count)
        guard start < max(lines.count, shown.count) else { return "" }
        var out = Self.beginning + "\r" + Self.up(shown.count - start)
        var passed = 0
        for (place, line) in lines.enumerated().dropFirst(start) {
            if place < shown.count, shown[place] == line {
                passed += 1
                continue
            }
            out += Self.down(passed) + "\u{1B}[2K\(line)\r\n"
            passed = 0
        }
        out += Self.down(passed)
        if lines.count < shown.count { out += "\u{1B}[J" }
        return out + Self.restoreSequence
    }

    private static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
    private static func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }

    /// Moves to the first of the shown lines.
    private func start(width: Int) -> String {
        let isNarrower = width < shownSize.width && width > 0
        let rows = shown.reduce(0) { sum, line in
            sum + (isNarrower ? max(1, (Self.cells(line) + width - 1) / width) : 1)
        }
        return "\r" + Self.up(rows)
    }

    /// The cells of a line with our colour sequences in it.
    private static func cells(_ line: String) -> Int {
        guard line.utf8.contains(0x1B) else { return CellWidth.cells(line) }
        return CellWidth.cells(SafeText.line(line))
    }
}
