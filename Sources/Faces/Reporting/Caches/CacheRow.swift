package import CaissonBuildModel
import CaissonJSON

/// A record of a node's build cache, as it is told at a moment.
package struct CacheRow: Sendable {
    /// The record.
    package var record: CacheRecord
    /// The name of its node.
    package var node: String
    /// The moment.
    package var now: Timestamp
    /// The build that made it, in words; nil where that isn't known.
    package var madeBy: String?

    /// Takes a record.
    package init(_ record: CacheRecord, node: String, now: Timestamp, madeBy: String? = nil) {
        (self.record, self.node, self.now, self.madeBy) = (record, node, now, madeBy)
    }

    /// The fields as JSON.
    ///
    /// - Parameter isTable: Whether ids and sizes have the asterisks that buildx's tables have: after the id of what can
    ///   still be written, after the size of what is shared.
    func json(isTable: Bool = false) -> JSON {
        .object(CacheField.allCases.map { JSONMember($0.rawValue, value(of: $0, isTable)) })
    }

    private func value(of field: CacheField, _ isTable: Bool) -> JSON {
        switch field {
        case .createdAt: .string(record.created.goText)
        case .description: .string(record.description)
        case .id: .string(record.id + (isTable && record.isMutable ? "*" : ""))
        case .lastUsedAt: .string(lastUsed)
        case .mutable: .bool(record.isMutable)
        case .parents: record.parents.isEmpty ? .null : .array(record.parents.map { .string($0) })
        case .reclaimable: .bool(!record.isInUse)
        case .shared: .bool(record.isShared)
        case .size: .string(size + (isTable && record.isShared ? "*" : ""))
        case .type: .string(record.kind.rawValue)
        case .usageCount: .number(String(record.usageCount))
        case .bytes: .number(String(max(record.size, 0)))
        case .lastUsedTime: .string(record.lastUsed?.rfc3339 ?? "")
        case .mount: .string(record.mountID ?? "")
        case .mountTarget: .string(record.mountTarget ?? "")
        case .node: .string(node)
        case .madeBy: .string(madeBy ?? "")
        }
    }

    /// The size for people.
    var size: String { DockerWords.size(record.size) }
    /// How long ago it was used last; empty where it never was.
    var lastUsed: String { record.lastUsed.map { DockerWords.ago($0, now: now) } ?? "" }
    /// What it is, for people: of a cache mount its id before all else.
    var title: String { (record.mountID.map { "id=\($0), " } ?? "") + record.description }
}

extension Timestamp {
    /// The moment as Go prints one in UTC: `2026-12-01 21:27:04.50929 +0000 UTC`.
    var goText: String { rfc3339.dropLast().replacing("T", with: " ") + " +0000 UTC" }
}
