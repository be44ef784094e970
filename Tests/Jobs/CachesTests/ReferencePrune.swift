import CaissonBuildModel
import CaissonCaches

/// A cache as the engine has it inside: with what refers to its records from outside, and which are last layers of
/// images.
struct ReferenceCache {
    var records: [CacheRecord]
    var outsideUsers: [String: Int]
    var lastLayers: Set<String>

    /// What `DiskUsage` of BuildKit's `cache/manager.go` makes of it, by its own walk.
    func listed() -> [CacheRecord] {
        var users = outsideUsers
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        for record in records { for parent in record.parents { users[parent, default: 0] += 1 } }
        var todo = Set(records.map(\.id))
        while let id = todo.popFirst() {
            guard users[id, default: 0] == 0, let record = byID[id] else { continue }
            for parent in record.parents {
                users[parent, default: 0] -= 1
                todo.insert(parent)
            }
        }
        var shared: Set<String> = []
        func share(_ id: String) {
            guard shared.insert(id).inserted else { return }
            for parent in byID[id]?.parents ?? [] { share(parent) }
        }
        for id in lastLayers { share(id) }
        return records.map {
            var record = $0
            record.isInUse = users[$0.id, default: 0] > 0
            record.isShared = shared.contains($0.id)
            return record
        }
    }
}

/// BuildKit's prune, round by round and without any shortcut, with sorts as `sortDeleteRecords` has them.
struct ReferencePrune {
    var cache: ReferenceCache
    var rules: PruneRules
    var now: Timestamp
    var free: Int64

    func run() -> [String] {
        let total = cache.listed().filter { !$0.isShared }.reduce(0) { $0 + $1.size }
        let keep = keepBytes(total)
        var (left, living, gone) = (total, cache.records, [String]())
        while true {
            if keep != 0, left < keep { return gone }
            var candidates = living.filter { isCandidate($0, among: living) }
            if candidates.isEmpty { return gone }
            if keep != 0 {
                candidates = [first(of: candidates)]
            } else {
                candidates.sort { orderKey($0) < orderKey($1) }
            }
            for candidate in candidates {
                gone.append(candidate.id)
                left -= candidate.size
                living.removeAll { $0.id == candidate.id }
            }
        }
    }

    private func keepBytes(_ total: Int64) -> Int64 {
        if rules.maxUsedSpace == 0, rules.reservedSpace == 0, rules.minFreeSpace == 0 { return 0 }
        var keep = rules.maxUsedSpace
        let excess = rules.minFreeSpace - free
        if excess > 0 {
            keep = keep == 0 ? total - excess : min(keep, total - excess)
        } else if rules.minFreeSpace != 0, keep == 0 {
            keep = total
        }
        return max(keep, rules.reservedSpace)
    }

    private func isCandidate(_ record: CacheRecord, among living: [CacheRecord]) -> Bool {
        if cache.outsideUsers[record.id, default: 0] > 0 { return false }
        if living.contains(where: { $0.parents.contains(record.id) }) { return false }
        let shared = cache.lastLayers.contains(record.id)
        if !rules.all, record.kind == .internal || record.kind == .frontend || shared { return false }
        if rules.keepDuration != .zero, let used = record.lastUsed,
            now.seconds(since: used) < Double(rules.keepDuration.components.seconds)
        {
            return false
        }
        var seen = record
        seen.isShared = shared
        return rules.filter.matches(seen, by: rules.reader)
    }

    private func orderKey(_ record: CacheRecord) -> (Int64, String) { (record.lastUsed?.seconds ?? .min, record.id) }

    private func first(of candidates: [CacheRecord]) -> CacheRecord {
        var timeIndex: [String: Double] = [:]
        var highestTime = 1.0
        var latest = Int64.min
        for record in candidates.sorted(by: { orderKey($0) < orderKey($1) }) {
            if let used = record.lastUsed, used.seconds > latest {
                latest = used.seconds
                highestTime += 1
            }
            timeIndex[record.id] = highestTime
        }
        var countIndex: [String: Double] = [:]
        var highestCount = 1.0
        var count = 0
        for record in candidates.sorted(by: { $0.usageCount < $1.usageCount }) {
            if record.usageCount != count {
                count = record.usageCount
                highestCount += 1
            }
            countIndex[record.id] = highestCount
        }
        func score(_ record: CacheRecord) -> (Double, Int64, Int, String) {
            (
                timeIndex[record.id, default: 0] / highestTime + countIndex[record.id, default: 0] / highestCount,
                record.lastUsed?.seconds ?? .min, record.usageCount, record.id
            )
        }
        return candidates.min { score($0) < score($1) } ?? candidates[0]
    }
}
