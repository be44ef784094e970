import CaissonReporting

/// A small terminal: what the cells hold after the bytes that were sent, with lines wrapped again when its width changes.
struct VirtualTerminal {
    private(set) var width: Int
    private(set) var height: Int
    private(set) var isCursorShown = true
    private(set) var wraps = true
    /// Whether a synchronised update is open.
    private(set) var isUpdating = false
    private(set) var unknown: [String] = []
    /// The rows, scrolled-off ones first; a row that goes on in the next says so.
    private var rows: [(text: [Character?], isContinued: Bool)] = [([], false)]
    private var row = 0
    private var column = 0

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Every row that was ever shown, without spaces at its end and without empty rows at the end of all.
    var transcript: [String] {
        var lines = rows.map { row in
            var text = String(row.text.compactMap { $0 })
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private var top: Int { max(0, rows.count - height) }

    mutating func resize(width newWidth: Int, height newHeight: Int) {
        var logical: [[Character?]] = []
        var cursor = (line: 0, offset: 0)
        var isOpen = false
        for (index, old) in rows.enumerated() {
            if isOpen { logical[logical.count - 1] += old.text } else { logical.append(old.text) }
            if index == row { cursor = (logical.count - 1, logical[logical.count - 1].count - old.text.count + column) }
            isOpen = old.isContinued
        }
        rows = []
        for (index, line) in logical.enumerated() {
            var rest = line[...]
            if index == cursor.line {
                row = rows.count + cursor.offset / newWidth
                column = cursor.offset % newWidth
            }
            repeat {
                rows.append((Array(rest.prefix(newWidth)), rest.count > newWidth))
                rest = rest.dropFirst(newWidth)
            } while !rest.isEmpty
        }
        width = newWidth
        height = newHeight
    }

    mutating func send(_ text: String) {
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.first {
            if scalar == "\u{1B}" {
                let end = scalars.dropFirst(2).firstIndex { (0x40...0x7E).contains($0.value) } ?? scalars.startIndex
                control(String(String.UnicodeScalarView(scalars[...end])).dropFirst(2))
                scalars = scalars[scalars.index(after: end)...]
                continue
            }
            scalars = scalars.dropFirst()
            switch scalar {
            case "\r": column = 0
            case "\n": lineFeed()
            default: put(scalar)
            }
        }
    }

    private mutating func lineFeed() {
        row += 1
        if row == rows.count { rows.append(([], false)) }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let cells = CellWidth.cells(Character(scalar))
        if cells == 0 {
            guard column > 0, let base = rows[row].text[..<column].lastIndex(where: { $0 != nil }) else { return }
            var joined = String(rows[row].text[base] ?? " ")
            joined.unicodeScalars.append(scalar)
            // A mark that does not join its base, as after a space, is not drawn.
            if joined.count == 1, let character = joined.first { rows[row].text[base] = character }
            return
        }
        if column + cells > width {
            guard wraps else { return }
            rows[row].isContinued = true
            column = 0
            lineFeed()
        }
        while rows[row].text.count < column + cells { rows[row].text.append(" ") }
        rows[row].text[column] = Character(scalar)
        if cells == 2 { rows[row].text[column + 1] = nil }
        column += cells
    }

    private mutating func control(_ sequence: Substring) {
        switch sequence {
        case "?25l": isCursorShown = false
        case "?25h": isCursorShown = true
        case "?7l": wraps = false
        case "?7h": wraps = true
        case "?2026h": isUpdating = true
        case "?2026l": isUpdating = false
        case "2K": rows[row] = ([], false)
        case "J":
            rows[row].text = Array(rows[row].text.prefix(column))
            rows[row].isContinued = false
            rows.removeSubrange((row + 1)...)
        default:
            if sequence.last == "A", let count = Int(sequence.dropLast()) {
                row = max(top, row - count)
            } else if sequence.last == "B", let count = Int(sequence.dropLast()) {
                row = min(rows.count - 1, row + count)
            } else if sequence.last != "m" {
                unknown.append(String(sequence))
            }
        }
    }
}
