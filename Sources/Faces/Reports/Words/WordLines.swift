import CaissonReporting

/// Lines for people, none of them wider than the layout.
///
/// All that is written is made harmless here, so that no text of this folder has to remember it.
struct WordLines {
    /// How a piece of a line looks.
    enum Look: Sendable, Hashable {
        case plain, bold, faint, good, warning, bad
    }

    /// A part of a line.
    struct Piece: Sendable, Hashable {
        var text: String
        var look: Look

        init(_ text: String, _ look: Look = .plain) {
            self.text = text
            self.look = look
        }
    }

    /// Where the lines are shown.
    let layout: TextLayout
    /// What was written, with a line break after each line.
    private(set) var text = ""

    /// A text takes so many lines at most.
    private static let mostRows = 12

    /// No lines yet.
    init(_ layout: TextLayout) {
        var layout = layout
        layout.width = layout.width.map { max($0, 1) }
        self.layout = layout
    }

    /// The cells of a line; nil where nothing is cut.
    var width: Int? { layout.width }

    /// Whether so few cells are there that texts are put below each other.
    var isNarrow: Bool { (width ?? .max) < 60 }

    /// Adds a line, cut where it is too wide.
    mutating func line(_ pieces: Piece...) { line(pieces) }

    /// Adds a line, cut where it is too wide; blanks at its end are left out.
    mutating func line(_ pieces: [Piece]) {
        var left = width ?? .max
        var shown: [Piece] = []
        for piece in pieces where left > 0 {
            let fitted = CellWidth.fit(SafeText.line(piece.text), left)
            left -= CellWidth.cells(fitted)
            shown.append(Piece(fitted, piece.look))
        }
        while let last = shown.popLast() {
            let trimmed = last.text.withoutBlanksBehind
            guard !trimmed.isEmpty else { continue }
            shown.append(Piece(trimmed, last.look))
            break
        }
        text += shown.map { paint($0) }.joined() + "\n"
    }

    /// Adds an empty line, unless nothing stands before it, and a heading.
    mutating func heading(_ heading: String) {
        if !text.isEmpty { text += "\n" }
        wrap(heading, look: .bold)
    }

    /// Adds the lines of a table.
    mutating func table(_ table: WordTable) {
        for row in table.rows(width) { line(row) }
    }

    /// Adds a text over as many lines as it takes, within bounds; later ones stand as far in as `lead` is wide.
    mutating func wrap(_ words: String, lead: Piece = Piece(""), look: Look = .plain) {
        let safe = SafeText.line(words)
        guard let width else { return line(lead, Piece(safe, look)) }
        let cells = CellWidth.cells(SafeText.line(lead.text))
        // A lead that would leave next to no room stands on a line of its own.
        guard cells <= width / 2 else {
            line(lead)
            return wrap(words, lead: Piece(width >= 8 ? "  " : ""), look: look)
        }
        for (place, row) in Self.rows(safe, max(1, width - cells)).enumerated() {
            line(place == 0 ? lead : Piece(String(repeating: " ", count: cells)), Piece(row, look))
        }
    }

    /// Adds a fact with its name before it.
    mutating func fact(_ name: String, _ value: String, look: Look = .plain) {
        guard !value.isEmpty else { return }
        let cells = isNarrow ? CellWidth.cells(name) + 1 : 14
        let blanks = String(repeating: " ", count: max(1, cells - CellWidth.cells(name)))
        wrap(value, lead: Piece(name + blanks, .faint), look: look)
    }

    private func paint(_ piece: Piece) -> String {
        let colors = layout.colors
        guard colors != .none else { return piece.text }
        switch piece.look {
        case .plain: return piece.text
        case .bold: return colors.apply("\u{1B}[1m", to: piece.text)
        case .faint: return colors.apply(colors.faint, to: piece.text)
        case .good: return colors.apply(colors.run, to: piece.text)
        case .warning: return colors.apply(colors.warning, to: piece.text)
        case .bad: return colors.apply(colors.error, to: piece.text)
        }
    }

    /// A text broken at blanks; words that are too long for a row are cut.
    private static func rows(_ text: String, _ width: Int) -> [String] {
        var rows: [String] = []
        var row = ""
        var cells = 0
        for word in text.split(separator: " ") {
            let fitted = CellWidth.fit(String(word), width)
            let needed = CellWidth.cells(fitted)
            if cells > 0, cells + 1 + needed > width {
                rows.append(row)
                (row, cells) = ("", 0)
            }
            row += cells > 0 ? " " + fitted : fitted
            cells += cells > 0 ? 1 + needed : needed
        }
        rows.append(row)
        guard rows.count > mostRows else { return rows }
        return rows.prefix(mostRows - 1) + [CellWidth.fit(rows[mostRows - 1] + " ...", width)]
    }
}

extension String {
    /// The text without blanks at its end.
    fileprivate var withoutBlanksBehind: String {
        var bytes = utf8[...]
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
