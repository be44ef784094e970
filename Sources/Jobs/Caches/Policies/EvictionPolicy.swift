package import CaissonBuildModel

/// What of an engine's cache is to go by itself (the table `[cache]` of the configuration).
///
/// It stands beside the policy that BuildKit itself has for its garbage, which it doesn't change: what that removes is
/// gone before. What is in use, shared with images, or BuildKit's own stays whatever is said here.
///
///     EvictionPolicy ──┐
///     DiskUsage ────┼─▶ plan ─▶ EvictionPolicyStep … ─▶ CachePrune …   what the engine is asked for, in order
///     RecordOrigins ┘                            └─▶ what goes      as `PrunePrediction` has it
package struct EvictionPolicy: Sendable, Hashable {
    /// Bytes that the cache may have at most (`max_size`); nil for any number.
    package var maxSize: Int64?
    /// Bytes of the cache that stay, however old they are (`reserved_size`); nil for none.
    package var reservedSize: Int64?
    /// Bytes that the disk of the engine should have free (`min_free`); nil for any number.
    package var minFree: Int64?
    /// What wasn't used for so long goes (`max_age`); nil for never.
    package var maxAge: Duration?
    /// The same for records of one kind, instead of `maxAge` (`max_age` of the kind's table).
    package var maxAges: [EvictionPolicyKind: Duration] = [:]
    /// Whether what pinned builds need stays (`keep_pinned`).
    package var keepsPinned = true
    /// Whether it is followed after builds, not only when asked for (`after_builds`).
    package var runsAfterBuilds = false
    /// It is followed after a build only when the last time is so long ago (`interval`).
    package var interval: Duration = .seconds(3600)

    /// A policy by which nothing goes.
    package init() {}

    /// Takes a policy that has been read, where its values make sense.
    ///
    /// - Throws: `EvictionPolicyError` with all that is wrong.
    package init(checking policy: EvictionPolicy) throws(EvictionPolicyError) {
        let problems = policy.problems
        guard problems.isEmpty else { throw EvictionPolicyError(problems: problems) }
        self = policy
    }

    /// Whether nothing ever goes by it.
    package var isEmpty: Bool { maxSize == nil && minFree == nil && maxAge == nil && maxAges.isEmpty }

    /// Whether it is to be followed after a build.
    ///
    /// - Parameters:
    ///   - last: When it was followed last; nil for never.
    ///   - now: The time by the same clock. Where that was turned back before `last`, it is due.
    package func isDue(last: Timestamp?, now: Timestamp) -> Bool {
        guard runsAfterBuilds, !isEmpty else { return false }
        guard let last, last <= now else { return true }
        return last <= now.earlier(by: interval)
    }
}

/// A kind of records that has a table of its own in the policy.
package enum EvictionPolicyKind: String, Sendable, Hashable, CaseIterable {
    /// Cache mounts.
    case mounts
    /// What was sent of contexts.
    case sources
    /// What was fetched of Git repositories.
    case checkouts
    /// Layers.
    case layers

    /// BuildKit's name for it.
    package var kind: CacheRecordKind {
        switch self {
        case .mounts: .cacheMount
        case .sources: .localSource
        case .checkouts: .gitCheckout
        case .layers: .regular
        }
    }

    /// What people read.
    package var words: String {
        switch self {
        case .mounts: "cache mounts"
        case .sources: "sources that were sent"
        case .checkouts: "Git checkouts"
        case .layers: "layers"
        }
    }
}
