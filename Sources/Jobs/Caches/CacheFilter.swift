package import CaissonBuildModel

/// Which records of a build cache are meant, as buildx's `du` and `prune` take it: all conditions must hold.
///
///     KEY=VALUE ─▶ CacheFilter ─▶ wire          what BuildKit is asked for
///                              ├▶ keepDuration  what it is asked for beside that
///                              └▶ matches       the same, for a prediction and for what BuildKit can't be asked for
package struct CacheFilter: Sendable {
    /// How long records stay after their last use, whatever else holds; zero where `until` isn't given.
    package internal(set) var keepDuration: Duration = .zero
    var selectors: [CacheSelector] = []

    /// A filter that every record passes.
    package init() {}

    /// What BuildKit's `PruneRequest` and `DiskUsageRequest` take as `filter`; empty where nothing is to be told.
    ///
    /// It is one text, as buildx makes it (`toBuildkitPruneInfo` of `commands/prune.go`): of several BuildKit would
    /// take the records of any (`ParseAll` of containerd's `pkg/filters`). Values that aren't plain words are in
    /// quotation marks, which buildx forgets.
    package var wire: [String] {
        let conditions = selectors.compactMap(\.wire)
        return conditions.isEmpty ? [] : [conditions.joined(separator: ",")]
    }

    /// Whether it asks for records by what only BuildKit 0.14 and later look at in a prune; earlier ones would find
    /// none for `=` and `~=`, and all for `!=` (`pruneOnce` of `cache/manager.go`).
    package var needsDescriptions: Bool { selectors.contains { $0.field == .description } }

    /// Whether it asks for what no BuildKit looks at in a prune: parents, or that records are in use.
    package var needsUsage: Bool { selectors.contains { $0.field == .parents || $0.field == .inuse } }

    /// Whether BuildKit would take the record by all conditions but `until`.
    package func matches(_ record: CacheRecord, by reader: CacheFilterReader = .usage) -> Bool {
        selectors.allSatisfy { $0.matches(record, by: reader) }
    }

    /// Whether the record was used so lately that `until` leaves it out.
    ///
    /// One that was never used isn't (`pruneOnce` of `cache/manager.go`). BuildKit lists records whatever `until` says,
    /// since 0.23 it can be told as `ageLimit` of `DiskUsageRequest`; buildx ignores it there.
    package func isLatelyUsed(_ record: CacheRecord, at now: Timestamp) -> Bool {
        record.isUsed(within: keepDuration, at: now)
    }
}

extension CacheRecord {
    /// Whether a build used it after the moment that is `span` before now; never for a span of zero.
    func isUsed(within span: Duration, at now: Timestamp) -> Bool {
        guard span != .zero, let lastUsed else { return false }
        return lastUsed > now.earlier(by: span)
    }
}

extension Timestamp {
    /// The moment that is a span before this one.
    func earlier(by span: Duration) -> Timestamp {
        let (whole, attoseconds) = span.components
        let nanoseconds = Int64(nanoseconds) - attoseconds / 1_000_000_000
        let borrowed: Int64 = nanoseconds < 0 ? 1 : (nanoseconds >= 1_000_000_000 ? -1 : 0)
        let (difference, isOver) = seconds.subtractingReportingOverflow(whole)
        let clamped = isOver ? (whole > 0 ? Int64.min + 1 : Int64.max - 1) : difference
        let (sum, isOverAgain) = clamped.subtractingReportingOverflow(borrowed)
        return Timestamp(
            seconds: isOverAgain ? clamped : sum,
            nanoseconds: Int32(truncatingIfNeeded: nanoseconds + borrowed * 1_000_000_000)
        )
    }
}
