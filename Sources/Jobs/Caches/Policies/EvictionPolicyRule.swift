import CaissonBuildModel

/// One of the rules that a policy is, in the order in which they are followed.
package enum EvictionPolicyRule: Sendable, Hashable {
    /// Records of a kind that weren't used for so long go.
    case kindAge(EvictionPolicyKind, Duration)
    /// Records of all kinds without a rule of their own that weren't used for so long go.
    case age(Duration)
    /// Records go until the cache has fewer bytes, and the disk enough; 0 for a limit that isn't there.
    case size(maximum: Int64, free: Int64)

    /// The keys that it is written with, within the table `[cache]`.
    package var keys: [String] {
        switch self {
        case .kindAge(let kind, _): ["\(kind.rawValue).max_age"]
        case .age: ["max_age"]
        case .size(let maximum, let free): (maximum > 0 ? ["max_size"] : []) + (free > 0 ? ["min_free"] : [])
        }
    }

    /// How long records stay after their last use; zero where that doesn't matter.
    var age: Duration {
        switch self {
        case .kindAge(_, let age), .age(let age): age
        case .size: .zero
        }
    }
}

extension EvictionPolicy {
    /// The rules: kinds with an age of their own first, then age, then size.
    ///
    /// Values that make no sense are no rules.
    package var rules: [EvictionPolicyRule] {
        var rules: [EvictionPolicyRule] = []
        for kind in EvictionPolicyKind.allCases {
            if let age = maxAges[kind], age > .zero { rules.append(.kindAge(kind, age)) }
        }
        if let maxAge, maxAge > .zero { rules.append(.age(maxAge)) }
        let (maximum, free) = (max(maxSize ?? 0, 0), max(minFree ?? 0, 0))
        if maximum > 0 || free > 0 { rules.append(.size(maximum: maximum, free: free)) }
        return rules
    }

    /// What an engine's prune is asked for by a rule.
    ///
    /// - Parameter knowsSpaceLimits: Whether the engine has more than one limit of size (BuildKit 0.17). Others know
    ///   only what may stay, which is the same for a maximum alone.
    func pruneRules(for rule: EvictionPolicyRule, knowsSpaceLimits: Bool) -> PruneRules {
        var rules = PruneRules(filter: filter(for: rule))
        rules.keepDuration = rule.age
        rules.reservedSpace = max(reservedSize ?? 0, 0)
        guard case .size(let maximum, let free) = rule else { return rules }
        rules.minFreeSpace = free
        if knowsSpaceLimits || free > 0 {
            rules.maxUsedSpace = maximum
        } else {
            rules.reservedSpace = max(maximum, rules.reservedSpace)
        }
        return rules
    }

    private func filter(for rule: EvictionPolicyRule) -> CacheFilter {
        var filter = CacheFilter()
        switch rule {
        case .kindAge(let kind, _):
            filter.selectors = [CacheSelector(field: .kind, test: .equals(kind.kind.rawValue))]
        case .age:
            filter.selectors = EvictionPolicyKind.allCases.filter { maxAges[$0] ?? .zero > .zero }
                .map { CacheSelector(field: .kind, test: .differs(from: $0.kind.rawValue)) }
        case .size: break
        }
        return filter
    }
}
