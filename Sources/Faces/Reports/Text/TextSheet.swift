import CaissonReporting

/// Lines for a terminal, none of which is wider than it.
///
/// All that is written is made harmless here, so that no part of the report has to remember it.
struct TextSheet {
    /// How a piece of a line looks.
    enum Look {
        case plain, bold, faint, good, warning, bad
    }

    /// A part of a line.
    struct Piece {
        var text: String
        var look: Look

        init(_ text: String, _ look: Look = .plain) {
            self.text = text
            self.look = look
        }
    }

    /// The terminal's columns.
    let width: Int
    private let colors: ProgressColors
    /// What was written, with a line break after each line.
    private(set) var text = ""

    /// An empty sheet; terminals narrower than 10 columns are taken for as wide as that.
    init(width: Int, colors: ProgressColors) {
        self.width = min(max(width, 10), 1000)
        self.colors = colors
    }

    /// Adds a line, cut where it is too wide.
    mutating func line(_ pieces: Piece...) { line(pieces) }

    /// Adds a line, cut where it is too wide.
    mutating func line(_ pieces: [Piece]) {
        var left = width
        var shown: [Piece] = []
        for piece in pieces where left > 0 {
            let fitted = CellWidth.fit(SafeText.line(piece.text), left)
            left -= CellWidth.cells(fitted)
            shown.append(Piece(fitted, piece.look))
        }
        while let last = shown.last {
            shown[shown.count - 1].text = last.text.withoutBlanksAtEnd
            if !shown[shown.count - 1].text.isEmpty { break }
            shown.removeLast()
        }
        text += shown.map { paint($0) }.joined() + "\n"
    }

    /// Adds an empty line and a heading.
    mutating func heading(_ heading: String) {
        if !text.isEmpty { text += "\n" }
        line(Piece(heading, .bold))
    }

    /// Adds a text over as many lines as it takes, but at most 12.
    ///
    /// The second and later ones stand as far in as `lead` is wide.
    mutating func wrap(_ words: String, lead: Piece = Piece(""), look: Look = .plain) {
        // A lead that would leave next to no room stands on a line of its own.
        let leadCells = CellWidth.cells(SafeText.line(lead.text))
        guard leadCells <= width / 2 else {
            line(lead)
            return wrap(words, lead: Piece("  "), look: look)
        }
        let rows = Self.rows(SafeWords.text(words, SafeWords.sentence), max(1, width - leadCells), limit: 12)
        for (index, row) in rows.enumerated() {
            let first = index == 0 ? lead : Piece(String(repeating: " ", count: leadCells))
            line(first, Piece(row, look))
        }
    }

    /// A text that takes exactly `cells` cells: cut, or filled up with blanks.
    static func filled(_ text: String, _ cells: Int, atEnd: Bool = false) -> String {
        let fitted = CellWidth.fit(SafeText.line(text), max(0, cells))
        let blanks = String(repeating: " ", count: max(0, cells - CellWidth.cells(fitted)))
        return atEnd ? blanks + fitted : fitted + blanks
    }

    private func paint(_ piece: Piece) -> String {
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

    /// A text broken at blanks, and within words that are too long for a row.
    private static func rows(_ text: String, _ width: Int, limit: Int) -> [String] {
        var rows: [String] = []
        var row = ""
        var cells = 0
        for word in text.split(separator: " ") {
            let needed = CellWidth.cells(word)
            if cells > 0, cells + 1 + needed > width {
                rows.append(row)
                (row, cells) = ("", 0)
            }
            if cells > 0 {
                row += " "
                cells += 1
            }
            guard needed > width else {
                row += word
                cells += needed
                continue
            }
            for scalar in word.unicodeScalars {
                let more = CellWidth.cells(Character(scalar))
                if cells + more > width, cells > 0 {
                    rows.append(row)
                    (row, cells) = ("", 0)
                }
                row.unicodeScalars.append(scalar)
                cells += more
            }
        }
        if !row.isEmpty || rows.isEmpty { rows.append(row) }
        guard rows.count > limit else { return rows }
        return rows.prefix(limit - 1) + [CellWidth.fit(rows[limit - 1] + "...", width)]
    }
}

extension String {
    /// The text without blanks at its end.
    fileprivate var withoutBlanksAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
