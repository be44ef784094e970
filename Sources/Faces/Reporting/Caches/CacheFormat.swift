package import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How records of build caches are printed: what the format of `cache du` and `cache prune` means.
package struct CacheFormat: Sendable {
    private enum Kind {
        case table
        /// All of a record, a line each.
        case pretty
        case json
        /// A line a record; in columns with heads where it is a table.
        case template(GoTemplate, isTable: Bool)
    }

    private let kind: Kind

    /// Whether lines for people follow the records: totals would break what a program reads.
    package var isForPeople: Bool {
        switch kind {
        case .table, .pretty: true
        case .json, .template: false
        }
    }

    /// Whether a record's build is told, which takes a look at the history.
    package var tellsBuilds: Bool { if case .table = kind { false } else { true } }

    /// Reads `table`, `pretty`, `json`, or a Go template with docker's `table ` before it or not.
    package init(parsing text: String) throws(BuildError) {
        switch text {
        case "", "table": kind = .table
        case "pretty": kind = .pretty
        case "json": kind = .json
        default:
            let isTable = text.hasPrefix("table ")
            let words = isTable ? String(text.dropFirst("table ".count)) : text
            let template: GoTemplate
            do throws(ParseError) {
                template = try GoTemplate(parsing: words.replacing(#"\t"#, with: "\t").replacing(#"\n"#, with: "\n"))
            } catch {
                throw BuildError(.usage, "the --format template: \(error)")
            }
            try template.requireFields(among: CacheField.allCases.map(\.rawValue))
            kind = .template(template, isTable: isTable)
        }
    }

    /// Records in the order in which they are given.
    package func text(of rows: [CacheRow], width: Int?) throws(BuildError) -> String {
        switch kind {
        case .table: return CacheTable(rows).text(width: width)
        case .pretty: return rows.map { Self.pretty($0) + "\n" }.joined()
        case .json: return rows.map { $0.json().line + "\n" }.joined()
        case .template(let template, let isTable):
            var lines: [String] = []
            if isTable { lines.append(try template.render(Self.heads)) }
            for row in rows { lines.append(try template.render(row.json(isTable: isTable))) }
            guard !isTable else { return TextColumns.aligned(lines.map { $0.pieces(at: "\t") }) }
            return lines.map { SafeText.line(Array($0.utf8), keepsTabs: true) + "\n" }.joined()
        }
    }

    /// What comes before the records that are told one by one.
    package func head(width: Int?) throws(BuildError) -> String {
        switch kind {
        case .table: return Self.line(["ID", "SIZE", "LAST ACCESSED", "TYPE", "DESCRIPTION"], width: width)
        case .pretty, .json: return ""
        case .template(let template, let isTable): return isTable ? try template.render(Self.heads) + "\n" : ""
        }
    }

    /// A record of those that are told one by one, so that columns don't wait for what comes after.
    package func line(of row: CacheRow, width: Int?) throws(BuildError) -> String {
        switch kind {
        case .table:
            let id = row.record.id + (row.record.isMutable ? "*" : "")
            let size = row.size + (row.record.isShared ? "*" : "")
            return Self.line([id, size, row.lastUsed, row.record.kind.rawValue, row.title], width: width)
        case .pretty, .json: return try text(of: [row], width: width)
        case .template(let template, let isTable):
            return SafeText.line(Array(try template.render(row.json(isTable: isTable)).utf8), keepsTabs: true) + "\n"
        }
    }

    /// Cells in columns that are as wide as what usually stands in them.
    private static func line(_ cells: [String], width: Int?) -> String {
        let widths = [26, 9, 22, 15, 0]
        let padded = zip(cells, widths).map { SafeText.line($0).padded(to: $1) }
        let text = padded.joined(separator: "  ")
        return (width.map { CellWidth.fit(text, $0) } ?? text) + "\n"
    }

    private static var heads: JSON {
        .object(CacheField.allCases.map { JSONMember($0.rawValue, .string($0.head)) })
    }

    /// All of a record, as buildx tells it, and what we know beside that.
    private static func pretty(_ row: CacheRow) -> String {
        let record = row.record
        var rows = [["ID:", record.id]]
        var parents = ""
        if !record.parents.isEmpty {
            parents = "Parents:\n" + record.parents.map { " - \(SafeText.line($0))\n" }.joined()
        }
        var rest = [
            ["Created at:", record.created.goText], ["Mutable:", String(record.isMutable)],
            ["Reclaimable:", String(!record.isInUse)], ["Shared:", String(record.isShared)], ["Size:", row.size],
        ]
        if !record.description.isEmpty { rest.append(["Description:", record.description]) }
        if let mount = record.mountID { rest.append(["Mount:", mount]) }
        rest.append(["Usage count:", String(record.usageCount)])
        if record.lastUsed != nil { rest.append(["Last used:", row.lastUsed]) }
        rest.append(["Type:", record.kind.rawValue])
        if !row.node.isEmpty { rest.append(["Node:", row.node]) }
        if let build = row.madeBy { rest.append(["Made by:", build]) }
        rows[0] = ["ID:".padded(to: "Reclaimable:".utf8.count), record.id]
        return TextColumns.aligned(rows) + parents + TextColumns.aligned(rest)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - utf8.count))
    }
}
