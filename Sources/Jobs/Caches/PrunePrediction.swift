package import CaissonBuildModel
import CaissonText

/// What a prune would remove, worked out from the records as `DiskUsage` lists them: BuildKit has no dry run.
///
/// BuildKit's `pruneOnce` (`cache/manager.go`) removes records that nothing refers to, and a record refers to its
/// parents, so these are looked at when their children went; rounds go on until one removes nothing. What the rules
/// keep (a filter, `keepDuration`, a kind, an image's layer) keeps its parents too. `isInUse` of the list isn't that:
/// `DiskUsage` takes off the references that unused children hold, so a record in use there has a user beside them, and
/// stays.
///
/// Without a limit of size the records of a round are those that are free at its beginning; BuildKit removes them in no
/// order, ten at once since 0.13, and in the end the same ones. With a limit one record goes a round, the one that
/// `EvictionQueue` finds, until the cache has less than the limit; what images share isn't counted in what it has, yet
/// counts when it goes.
///
/// The list doesn't tell all. Not known here are
/// - the second half of records that share data (`equalMutable`, `equalImmutable`), and who refers to it;
/// - what a build takes into use or adds between list and prune, and the last use of parents that this may change;
/// - which of an image's records is its last layer and which are below it: the list has them all as shared, a prune
///   with `all` and a filter of `shared` only the last;
/// - sizes of what is being written, which are listed as 0.
///
/// Records that the list has twice count once, parents that it doesn't have not at all; records that are each other's
/// parents stay; negative sizes are nothing.
package struct PrunePrediction: Sendable {
    /// The records that go, in order; where the engine has none, those of a round by last use and id.
    package private(set) var removed: [CacheRecord] = []
    /// Their bytes, which are freed but for what images share.
    package private(set) var bytes: Int64 = 0
    /// The bytes of the cache down to below which the prune goes; 0 where it has no limit of size.
    package let keptBytes: Int64
    /// Whether all was known that the rules ask for: false where they ask for free space and that isn't known, which
    /// then counts as enough; and where the order is not the engine's own, as `EvictionQueue` tells.
    package private(set) var isCertain: Bool

    /// Works out a prune.
    ///
    /// - Parameters:
    ///   - records: All records that the engine has, not only those that a filter takes.
    ///   - rules: What the prune is asked for.
    ///   - now: The engine's time.
    ///   - freeBytes: What the disk of the engine's cache has free; nil where that isn't known. Its size doesn't matter
    ///     here: BuildKit reads shares of it only in its own configuration.
    package init(of records: [CacheRecord], by rules: PruneRules, at now: Timestamp, freeBytes: Int64?) {
        var graph = PruneGraph(records) { rules.allowRemoval(of: $0, at: now) }
        let total = graph.records.lazy.map { $0.isShared ? 0 : max($0.size, 0) }.clampedSum
        keptBytes = rules.keptBytes(of: total, free: freeBytes)
        isCertain = rules.minFreeSpace <= 0 || freeBytes != nil
        if keptBytes > 0 {
            removeOneByOne(in: &graph, total: total)
        } else {
            removeAll(in: &graph)
        }
    }

    private mutating func removeAll(in graph: inout PruneGraph) {
        var round = graph.free
        while !round.isEmpty {
            var next: [Int] = []
            for index in graph.records.leastRecentlyUsedFirst(round) {
                remove(graph.records[index])
                graph.remove(index) { next.append($0) }
            }
            round = next
        }
    }

    private mutating func removeOneByOne(in graph: inout PruneGraph, total: Int64) {
        var queue = EvictionQueue(graph.records, eligible: graph.eligible)
        for index in graph.free { queue.insert(index) }
        var left = total
        while left >= keptBytes, let index = queue.popFirst() {
            let record = graph.records[index]
            remove(record)
            left = left.clampedAdding(-max(record.size, 0))
            graph.remove(index) { queue.insert($0) }
        }
        if !queue.isExact { isCertain = false }
    }

    private mutating func remove(_ record: CacheRecord) {
        removed.append(record)
        bytes = bytes.clampedAdding(max(record.size, 0))
    }
}

extension PruneRules {
    /// Whether a record may go once nothing refers to it.
    func allowRemoval(of record: CacheRecord, at now: Timestamp) -> Bool {
        guard !record.isInUse else { return false }
        guard all || !(record.isShared || record.kind == .internal || record.kind == .frontend) else { return false }
        return !record.isUsed(within: keepDuration, at: now) && filter.matches(record, by: reader)
    }
}
