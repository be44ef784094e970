package import CaissonBuildModel

/// What a prune is asked for (`PruneRequest` of `api/services/control/control.proto`).
package struct PruneRules: Sendable {
    /// Whether what BuildKit made for itself, images of front ends and what images share go too.
    package var all = false
    /// Which records may go.
    package var filter: CacheFilter
    /// How long records stay after their last use; zero for no such limit.
    package var keepDuration: Duration
    /// Bytes that the cache may keep whatever the other limits say; 0 for none.
    ///
    /// BuildKit before 0.17 knows this limit alone, as `keepBytes`, with the same number on the wire.
    package var reservedSpace: Int64 = 0
    /// Bytes that the cache may have at most; 0 for no such limit.
    package var maxUsedSpace: Int64 = 0
    /// Bytes that the disk should have free; 0 for no such limit.
    package var minFreeSpace: Int64 = 0
    /// Who reads the filter: BuildKit before 0.14 doesn't look at descriptions.
    package var reader: CacheFilterReader = .prune

    /// Rules with the filter's `until` and without limits of size.
    package init(filter: CacheFilter = CacheFilter()) {
        self.filter = filter
        keepDuration = filter.keepDuration
    }

    /// Whether a limit of size is given, so that records go one by one and only as far as needed.
    package var hasSizeLimit: Bool { reservedSpace > 0 || maxUsedSpace > 0 || minFreeSpace > 0 }

    /// What `PruneRequest` takes as `keepDuration`, in nanoseconds.
    package var keepNanoseconds: Int64 {
        let (whole, attoseconds) = keepDuration.components
        let (scaled, isOver) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver else { return whole < 0 ? .min : .max }
        let (sum, isOverAgain) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOverAgain ? (whole < 0 ? .min : .max) : sum
    }

    /// The bytes that are left in peace, records going while the cache has as many or more; 0 for no such limit.
    ///
    /// BuildKit's `calculateKeepBytes` (`cache/manager.go`) has two turns that its comments don't tell: where only free
    /// space is asked for and there is enough, the limit is what the cache has, and as that isn't less than itself one
    /// record goes; where more is missing than the cache has, there is no limit, and all that may go goes.
    func keptBytes(of total: Int64, free: Int64?) -> Int64 {
        guard hasSizeLimit else { return 0 }
        var kept = max(maxUsedSpace, 0)
        let missing = minFreeSpace > 0 ? minFreeSpace.clampedSubtracting(free ?? minFreeSpace) : 0
        if missing > 0 {
            let rest = total.clampedSubtracting(missing)
            kept = kept == 0 ? rest : min(kept, rest)
        } else if minFreeSpace > 0, kept == 0 {
            kept = total
        }
        return max(kept, reservedSpace, 0)
    }
}

extension Int64 {
    /// The difference, or the largest or smallest number there is.
    fileprivate func clampedSubtracting(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }
}

extension CacheFilter {
    /// Whether an engine's prune takes by this filter what it means; else the records that are meant have to be named.
    ///
    /// - Parameter readsDescriptions: Whether the engine's prune looks at descriptions (BuildKit 0.14).
    package func isUnderstood(byPruneReadingDescriptions readsDescriptions: Bool) -> Bool {
        !needsUsage && (readsDescriptions || !needsDescriptions)
    }
}

extension CachePrune {
    /// What an engine is asked for by rules that it understands.
    package init(_ rules: PruneRules) {
        self.init(filters: rules.filter.wire)
        includesAll = rules.all
        keepDuration = rules.keepDuration
        reservedBytes = rules.reservedSpace
        maximumBytes = rules.maxUsedSpace
        freeBytes = rules.minFreeSpace
    }
}
