package import CaissonBuildModel

/// Builds as a table, a line each: as many columns as there is room for.
///
/// No line is wider than the width: columns that are less important are left out, and the names are cut.
package struct BuildsTable: Sendable {
    private let records: [BuildRecord]
    private let now: Timestamp
    /// How many characters of an id are shown where that many are enough.
    private static let idLength = 12

    /// Takes the builds in the order in which they are shown.
    package init(_ records: [BuildRecord], now: Timestamp) {
        self.records = records
        self.now = now
    }

    /// The heads and a line for each build; without a width all columns in full.
    package func text(width: Int?, colors: ProgressColors = .none) -> String {
        let layout = TableLayout(columns, fitting: width)
        let palette: [String] = [""] + records.map { $0.color(of: colors) }
        return palette.indices.map { line in
            let text = layout.line(line) { name, cell in
                name == .status ? colors.apply(palette[line], to: cell) : cell
            }
            return text + "\n"
        }.joined()
    }

    private var columns: [TableLayout.Column] {
        let ids = shortIDs
        var columns: [TableLayout.Column] = [
            column(.id, "BUILD ID") { ids[$0.id] ?? "" },
            column(.status, "STATUS") { $0.status.rawValue },
            column(.name, "NAME") { $0.title },
            column(.steps, "STEPS", steps),
            column(.shortSteps, "STEPS") { $0.steps == 0 ? "" : "\($0.completedSteps)/\($0.steps)" },
            column(.duration, "DURATION") { $0.duration(now: now).map(SpanText.exact) ?? "" },
            column(.started, "STARTED") { $0.started.map { SpanText.ago($0, now: now) } ?? "" },
            column(.shortStarted, "STARTED") { $0.started.map { SpanText.shortAgo($0, now: now) } ?? "" },
            column(.engine, "ENGINE") { $0.engineTitle },
        ]
        let hasProject = records.contains { $0.submission.project?.isEmpty == false }
        if hasProject { columns.append(column(.project, "PROJECT") { SafeText.line($0.submission.project ?? "") }) }
        return columns
    }

    private func column(
        _ name: TableLayout.Name,
        _ head: String,
        _ cell: (BuildRecord) -> String
    ) -> TableLayout.Column {
        TableLayout.Column(name: name, cells: [head] + records.map(cell))
    }

    private func steps(_ record: BuildRecord) -> String {
        guard record.steps > 0 else { return "" }
        let cached = record.cachedSteps > 0 ? " (\(record.cachedSteps) cached)" : ""
        return "\(record.completedSteps)/\(record.steps)\(cached)"
    }

    /// The beginnings of the ids: as long as needed to tell them from each other.
    private var shortIDs: [BuildID: String] {
        let ids = Set(records.map(\.id))
        var length = Self.idLength
        while length < 25, Set(ids.map { $0.description.prefix(length) }).count < ids.count { length += 1 }
        return Dictionary(ids.map { ($0, String($0.description.prefix(length))) }) { first, _ in first }
    }
}
