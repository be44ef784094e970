import CaissonReporting

/// A table of which as many columns are shown as there is room for.
struct WordTable {
    /// A column.
    struct Column {
        /// What stands above it; empty in tables without heads.
        var head: String
        /// A cell for each row.
        var cells: [WordLines.Piece]
        /// What may become of it where there is too little room.
        var fate = Fate.kept
        /// Whether its cells stand at its right side.
        var isNumber = false
    }

    /// What may become of a column where there is too little room.
    enum Fate: Hashable {
        /// It stays as it is.
        case kept
        /// Its cells are cut, but not to fewer than so many cells as long as other columns can be left out.
        case cut(least: Int)
        /// It is left out, those with larger numbers first.
        case leftOut(Int)
    }

    /// The columns, each with as many cells as the first one.
    private var columns: [Column] = []
    private let indent: Int
    /// Names in texts that are as wide as they like are cut here, as one long one would widen all rows.
    private static let widestName = 100

    /// A table without columns.
    ///
    /// - Parameter indent: How far in it stands.
    init(indent: Int = 0) {
        self.indent = indent
    }

    /// Adds a column; one without anything in it is left out.
    mutating func add(_ column: Column) {
        var column = column
        for place in column.cells.indices { column.cells[place].text = SafeText.line(column.cells[place].text) }
        if column.cells.contains(where: { !$0.text.isEmpty }) { columns.append(column) }
    }

    /// Adds a column of texts that look alike.
    mutating func add(_ head: String, _ texts: [String], _ fate: Fate = .kept, isNumber: Bool = false) {
        let cells = texts.map { WordLines.Piece($0) }
        add(Column(head: head, cells: cells, fate: fate, isNumber: isNumber))
    }

    /// The lines, none of which is wider than `width` unless that is less than what has to stay.
    func rows(_ width: Int?) -> [[WordLines.Piece]] {
        let gap = (width ?? .max) < 60 ? 1 : 2
        let shown = fitted(width.map { max(0, $0 - indent) }, gap)
        guard let first = shown.first else { return [] }
        let hasHeads = shown.contains { !$0.column.head.isEmpty }
        let heads = shown.map { WordLines.Piece($0.column.head, .faint) }
        let bodies = first.column.cells.indices.map { row in
            shown.map { row < $0.column.cells.count ? $0.column.cells[row] : WordLines.Piece("") }
        }
        return ((hasHeads ? [heads] : []) + bodies).map { cells in
            let lead = WordLines.Piece(String(repeating: " ", count: indent))
            return [lead]
                + zip(shown, cells).enumerated().flatMap { place, pair in
                    pieces(pair.1, pair.0.width, isNumber: pair.0.column.isNumber, gap: place == 0 ? 0 : gap)
                }
        }
    }

    private func pieces(_ cell: WordLines.Piece, _ width: Int, isNumber: Bool, gap: Int) -> [WordLines.Piece] {
        let text = CellWidth.fit(cell.text, width)
        let blanks = max(0, width - CellWidth.cells(text))
        let before = WordLines.Piece(String(repeating: " ", count: gap + (isNumber ? blanks : 0)))
        let behind = WordLines.Piece(String(repeating: " ", count: isNumber ? 0 : blanks))
        return [before, WordLines.Piece(text, cell.look), behind]
    }

    /// The columns that are shown, with their widths.
    private func fitted(_ width: Int?, _ gap: Int) -> [(column: Column, width: Int)] {
        var shown = columns.map { (column: $0, width: Self.width(of: $0)) }
        while let width {
            let excess = shown.reduce(-gap) { $0 + $1.width + gap } - width
            guard excess > 0 else { break }
            let name = shown.firstIndex { if case .cut = $0.column.fate { true } else { false } }
            if let name, case .cut(let least) = shown[name].column.fate {
                let room = shown[name].width - excess
                if room >= min(least, shown[name].width) || !shown.contains(where: { $0.column.rank > 0 }) {
                    shown[name].width = max(0, room)
                    break
                }
            }
            let last = shown.indices.max { shown[$0].column.rank < shown[$1].column.rank }
            guard let last, shown[last].column.rank > 0 else { break }
            shown.remove(at: last)
        }
        return shown
    }

    private static func width(of column: Column) -> Int {
        let widest = ([column.head] + column.cells.map(\.text)).map { CellWidth.cells($0) }.max() ?? 0
        guard case .cut = column.fate else { return widest }
        return min(widest, widestName)
    }
}

extension WordTable.Column {
    /// The larger, the sooner it is left out; 0 for one that stays.
    fileprivate var rank: Int { if case .leftOut(let rank) = fate { rank } else { 0 } }
}
