/// The columns of the table of builds that fit, and their widths.
struct TableLayout {
    /// What a column tells.
    enum Name: Hashable {
        case id, status, name, steps, shortSteps, duration, started, shortStarted, engine, project
    }

    /// A column with its head and its cells.
    struct Column {
        var name: Name
        var cells: [String]

        /// How wide its widest cell is.
        var width: Int { cells.map { CellWidth.cells($0) }.max() ?? 0 }
    }

    /// Columns that are shown together, and how much of the names has to be seen.
    private struct Choice {
        var names: [Name]
        var least: Int
    }

    /// The best choices first.
    private static let choices = [
        Choice(names: [.id, .status, .name, .steps, .duration, .started, .engine, .project], least: 24),
        Choice(names: [.id, .status, .name, .steps, .duration, .started, .engine], least: 24),
        Choice(names: [.id, .status, .name, .steps, .duration, .started], least: 24),
        Choice(names: [.id, .status, .name, .shortSteps, .duration, .started], least: 24),
        Choice(names: [.id, .status, .name, .shortSteps, .duration, .shortStarted], least: 16),
        Choice(names: [.id, .status, .name, .duration, .shortStarted], least: 12),
        Choice(names: [.id, .status, .name, .duration], least: 12),
        Choice(names: [.id, .status, .name], least: 0),
    ]
    private static let gap = 2

    private let columns: [Column]
    private let widths: [Int]
    private let limit: Int?

    /// Chooses the columns for a width; nil for all of them in full.
    init(_ columns: [Column], fitting width: Int?) {
        let width = width.map { max($0, 0) }
        let known = Dictionary(columns.map { ($0.name, ($0, $0.width)) }) { first, _ in first }
        var chosen: [(column: Column, width: Int)] = []
        for choice in Self.choices {
            chosen = choice.names.compactMap { known[$0] }
            guard let width else { break }
            let excess = chosen.reduce(-Self.gap) { $0 + $1.width + Self.gap } - width
            guard excess > 0, let place = chosen.firstIndex(where: { $0.column.name == .name }) else { break }
            let room = chosen[place].width - excess
            guard room >= min(choice.least, chosen[place].width) else { continue }
            chosen[place].width = max(room, 0)
            break
        }
        self.columns = chosen.map(\.column)
        widths = chosen.map(\.width)
        limit = width
    }

    /// A line, without blanks at its end.
    ///
    /// - Parameter paint: Gives a cell its colour.
    func line(_ place: Int, _ paint: (Name, String) -> String) -> String {
        let cells = zip(columns, widths).map { (name: $0.name, text: CellWidth.fit($0.cells[place], $1), width: $1) }
        let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
        let shown = cells.prefix(last + 1).enumerated().map { index, cell in
            (cell.name, cell.text, index == last ? "" : blanks(cell.width + Self.gap - CellWidth.cells(cell.text)))
        }
        let plain = shown.map { $1 + $2 }.joined()
        // On a terminal too narrow for even the fewest columns.
        if let limit, CellWidth.cells(plain) > limit { return CellWidth.fit(plain, limit).withoutTrailingBlanks }
        return shown.map { paint($0, $1) + $2 }.joined()
    }

    private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
