import CaissonBuildModel
import CaissonText

/// What records of build caches take together.
package struct CacheTotals {
    private struct Part {
        var count = 0
        var bytes: Int64 = 0
        var reclaimable: Int64 = 0

        mutating func add(_ record: CacheRecord) {
            let size = max(record.size, 0)
            count += 1
            bytes = bytes.clampedAdding(size)
            if !record.isInUse { reclaimable = reclaimable.clampedAdding(size) }
        }
    }

    private let rows: [CacheRow]

    /// Takes the records.
    package init(_ rows: [CacheRow]) { self.rows = rows }

    /// A count of bytes as docker writes it.
    package static func size(_ bytes: Int64) -> String { DockerWords.size(bytes) }

    /// The lines that buildx prints below a table (docker/buildx commands/diskusage.go, `printSummary`).
    package var text: String {
        var all = Part()
        var shared = Part()
        for row in rows {
            all.add(row.record)
            if row.record.isShared { shared.add(row.record) }
        }
        var lines: [[String]] = []
        if shared.bytes > 0 {
            lines.append(["Shared:", DockerWords.size(shared.bytes)])
            lines.append(["Private:", DockerWords.size(all.bytes - shared.bytes)])
        }
        lines.append(["Reclaimable:", DockerWords.size(all.reclaimable)])
        lines.append(["Total:", DockerWords.size(all.bytes)])
        return TextColumns.aligned(lines)
    }

    /// A line for each group, the one with the most bytes first; ages are in their own order.
    package func text(by grouping: CacheGrouping) -> String {
        var parts: [String: Part] = [:]
        for row in rows {
            guard let name = Self.name(of: row, by: grouping) else { continue }
            parts[name, default: Part()].add(row.record)
        }
        let order = Self.ages.map(\.name)
        let names = parts.keys.sorted { a, b in
            if grouping == .age { return order.firstIndex(of: a) ?? 0 < order.firstIndex(of: b) ?? 0 }
            let (first, second) = (parts[a]?.bytes ?? 0, parts[b]?.bytes ?? 0)
            return first != second ? first > second : a < b
        }
        let lines = names.map { name -> [String] in
            let part = parts[name] ?? Part()
            return [name, String(part.count), DockerWords.size(part.bytes), DockerWords.size(part.reclaimable)]
        }
        return TextColumns.aligned([[grouping.rawValue.uppercased(), "RECORDS", "SIZE", "RECLAIMABLE"]] + lines)
    }

    /// How long ago, in days at most, and what that is called.
    private static let ages: [(days: Double, name: String)] = [
        (1, "last day"), (7, "last week"), (30, "last month"), (.infinity, "older"), (.nan, "never used"),
    ]

    private static func name(of row: CacheRow, by grouping: CacheGrouping) -> String? {
        switch grouping {
        case .type: return row.record.kind.rawValue
        case .sharing: return row.record.isShared ? "shared" : "private"
        case .node: return row.node
        case .build: return row.madeBy ?? "unknown"
        case .mount: return row.record.mountID ?? row.record.mountTarget
        case .age:
            guard let used = row.record.lastUsed else { return "never used" }
            let days = row.now.seconds(since: used) / 86_400
            return ages.first { days <= $0.days }?.name ?? "older"
        }
    }
}
