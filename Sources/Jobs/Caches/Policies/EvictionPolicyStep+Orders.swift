import CaissonBuildModel
import CaissonText

extension EvictionPolicyStep {
    /// Works out what a rule does with the records that are left of those before.
    init(
        _ rule: EvictionPolicyRule,
        _ rules: PruneRules,
        _ records: [CacheRecord],
        keeping kept: Set<String>,
        by way: Way
    ) {
        self.init(rule: rule)
        let held = records.map { record in
            var record = record
            // What can't be named can't go, and so keeps its parents.
            let isNamed = !way.names || !CachePrune.filters(ids: [record.id]).isEmpty
            if kept.contains(record.id) || !isNamed { record.isInUse = true }
            return record
        }
        let prediction = PrunePrediction(of: held, by: rules, at: way.now, freeBytes: way.free)
        namesRecords = way.names
        isCertain = prediction.isCertain
        removed = prediction.removed
        if way.names {
            orders = Self.orders(naming: removed, keepDuration: rules.keepDuration)
        } else if !removed.isEmpty || !isCertain {
            orders = [CachePrune(rules)]
        }
        bytes = removed.lazy.map { max($0.size, 0) }.clampedSum
        guard !kept.isEmpty else { return }
        let free = PrunePrediction(of: records, by: rules, at: way.now, freeBytes: way.free).removed
        keptBack = free.lazy.filter { kept.contains($0.id) }.count
    }

    /// How a rule is followed.
    struct Way {
        var now: Timestamp
        var free: Int64?
        var names: Bool
    }

    /// Orders to remove just these records; what was used meanwhile stays, where the rule is one of age.
    private static func orders(naming records: [CacheRecord], keepDuration: Duration) -> [CachePrune] {
        let filters = CachePrune.filters(ids: records.map(\.id))
        return stride(from: 0, to: filters.count, by: EvictionPolicyPlan.mostNames).map { start in
            var order = CachePrune(filters: Array(filters[start...].prefix(EvictionPolicyPlan.mostNames)))
            order.keepDuration = keepDuration
            return order
        }
    }
}
