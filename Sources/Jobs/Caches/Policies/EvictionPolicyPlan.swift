package import CaissonBuildModel
import CaissonText

/// What a policy is followed in.
package struct EvictionPolicyScene: Sendable {
    /// The engine's time.
    package var now: Timestamp
    /// The records that have to stay, whatever their age: what pinned, running and waiting builds need.
    ///
    /// Their parents stay as well; ids that the engine doesn't have are harmless.
    package var keeping: Set<String> = []
    /// What the disk of the engine's cache has free; nil where that isn't known, which counts as enough.
    package var freeBytes: Int64?
    /// Whether the engine knows limits of size beside the bytes that stay (BuildKit 0.17).
    package var knowsSpaceLimits = true

    /// Makes a scene in which nothing has to stay.
    package init(now: Timestamp) { self.now = now }
}

/// What one rule of a policy does.
package struct EvictionPolicyStep: Sendable {
    /// The rule.
    package let rule: EvictionPolicyRule
    /// What the engine is asked for, one after the other; empty where nothing is to go.
    ///
    /// A later one of the list may be asked for though an earlier one removed less than was predicted.
    package internal(set) var orders: [CachePrune] = []
    /// The records that go, in order, as `PrunePrediction` has it.
    package internal(set) var removed: [CacheRecord] = []
    /// Their bytes.
    package internal(set) var bytes: Int64 = 0
    /// Whether all was known that the rule asks for.
    package internal(set) var isCertain = true
    /// Whether the records are named one by one; else the engine goes by its own limits.
    package internal(set) var namesRecords = false
    /// How many records the rule would remove but for those that have to stay.
    package internal(set) var keptBack = 0
}

/// What a policy does with a cache now.
package struct EvictionPolicyPlan: Sendable {
    /// How many records are named at a time: an engine compares each of its records with each name.
    package static let mostNames = 1000

    /// A step for each rule, in order, those without anything to do too.
    package private(set) var steps: [EvictionPolicyStep] = []

    /// All orders, in order.
    package var orders: [CachePrune] { steps.flatMap(\.orders) }
    /// All records that go, in order.
    package var removed: [CacheRecord] { steps.flatMap(\.removed) }
    /// Their bytes.
    package var bytes: Int64 { steps.lazy.map(\.bytes).clampedSum }
    /// Whether all was known that the rules ask for.
    package var isCertain: Bool { steps.allSatisfy(\.isCertain) }

    /// Works out what a policy does.
    ///
    /// A prune can't be told what it must not take. So where something has to stay that the engine has, the records
    /// that go are named, in the order in which the engine would let them go if the others were in use.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - records: All records that the engine has.
    ///   - scene: The time, and what has to stay.
    package init(_ policy: EvictionPolicy, for records: [CacheRecord], in scene: EvictionPolicyScene) {
        let kept = records.withParents(of: scene.keeping)
        let keepsAny = records.contains { kept.contains($0.id) }
        var left = records
        var free = scene.freeBytes
        for rule in policy.rules {
            let names = keepsAny || !policy.isUnderstood(rule, knowsSpaceLimits: scene.knowsSpaceLimits)
            let rules = policy.pruneRules(for: rule, knowsSpaceLimits: scene.knowsSpaceLimits)
            let way = EvictionPolicyStep.Way(now: scene.now, free: free, names: names)
            let step = EvictionPolicyStep(rule, rules, left, keeping: kept, by: way)
            let gone = Set(step.removed.map(\.id))
            left.removeAll { gone.contains($0.id) }
            free = free?.clampedAdding(step.removed.lazy.map { $0.isShared ? 0 : max($0.size, 0) }.clampedSum)
            steps.append(step)
        }
    }
}

extension EvictionPolicy {
    /// Whether an engine follows a rule by itself.
    fileprivate func isUnderstood(_ rule: EvictionPolicyRule, knowsSpaceLimits: Bool) -> Bool {
        guard case .size(_, let free) = rule else { return true }
        return knowsSpaceLimits || free == 0
    }
}
