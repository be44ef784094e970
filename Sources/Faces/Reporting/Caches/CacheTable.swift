import CaissonBuildModel
import CaissonText

/// Records of build caches as a table: buildx's columns, and then what each record is.
///
/// On a terminal no line is wider than it: what a record is gets cut, and on a narrow one it isn't told.
struct CacheTable {
    private let rows: [CacheRow]
    /// What a record is isn't told in fewer characters.
    private static let least = 20
    private static let gap = 2

    init(_ rows: [CacheRow]) { self.rows = rows }

    /// The heads and a line for each record; without a width all in full.
    func text(width: Int?) -> String {
        let hasNodes = Set(rows.map(\.node)).count > 1
        var fields: [CacheField] =
            [.id, .reclaimable, .size, .lastUsedAt] + (hasNodes ? [.node] : []) + [.type]
        // How much it is comes before all else.
        for field in [CacheField.reclaimable, .type, .lastUsedAt, .node] {
            guard let width, self.width(of: fields) > width else { break }
            fields.removeAll { $0 == field }
        }
        var cells = [fields.map(\.head)] + rows.map { row in fields.map { SafeText.line(Self.cell($0, of: row)) } }
        let titles = [CacheField.description.head] + rows.map { SafeText.line($0.title) }
        let taken = fields.indices.map { column in (cells.map { CellWidth.cells($0[column]) }.max() ?? 0) + Self.gap }
        let room = width.map { $0 - taken.reduce(0, +) }
        if room ?? .max >= Self.least {
            for place in cells.indices { cells[place].append(CellWidth.fit(titles[place], room ?? .max)) }
        }
        let text = TextColumns.aligned(cells)
        guard let width, room ?? 0 < Self.least else { return text }
        return text.split(separator: "\n").map { CellWidth.fit(String($0), width) + "\n" }.joined()
    }

    private func width(of fields: [CacheField]) -> Int {
        fields.reduce(-Self.gap) { sum, field in
            let cells = [field.head] + rows.map { SafeText.line(Self.cell(field, of: $0)) }
            return sum + (cells.map { CellWidth.cells($0) }.max() ?? 0) + Self.gap
        }
    }

    private static func cell(_ field: CacheField, of row: CacheRow) -> String {
        switch field {
        case .id: row.record.id + (row.record.isMutable ? "*" : "")
        case .reclaimable: row.record.isInUse ? "false" : "true"
        case .size: row.size + (row.record.isShared ? "*" : "")
        case .node: row.node
        case .type: row.record.kind.rawValue
        default: row.lastUsed
        }
    }
}
