/// What is wrong with one value of a policy.
package struct EvictionPolicyProblem: Sendable, Hashable {
    /// The key within the table `[cache]`, such as `mounts.max_age`.
    package let key: String
    /// What is wrong, and what to do.
    package let message: String
}

extension EvictionPolicyProblem: CustomStringConvertible {
    /// The message behind the key with its table.
    package var description: String { "cache.\(key) \(message)" }
}

/// All that is wrong with a policy.
package struct EvictionPolicyError: Error, Sendable, Hashable {
    /// What is wrong, in the order of the keys; never empty.
    package let problems: [EvictionPolicyProblem]
}

extension EvictionPolicyError: CustomStringConvertible {
    /// A line for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension EvictionPolicy {
    /// What is wrong with the values; the caller knows where each of them was written.
    package var problems: [EvictionPolicyProblem] {
        let sizes = [("max_size", maxSize), ("reserved_size", reservedSize), ("min_free", minFree)]
        let ages =
            [("max_age", maxAge)] + EvictionPolicyKind.allCases.map { ("\($0.rawValue).max_age", maxAges[$0]) }
            + [("interval", interval)]
        var found = sizes.compactMap { key, size in size.flatMap { Self.problem(ofSize: $0, key) } }
        found += ages.compactMap { key, age in age.flatMap { Self.problem(ofAge: $0, key) } }
        if let maxSize, let reservedSize, reservedSize > maxSize, maxSize > 0 {
            found.append(
                EvictionPolicyProblem(
                    key: "reserved_size",
                    message: "is more than cache.max_size, which could never be reached; make it less, or leave one out"
                )
            )
        }
        return found
    }

    private static func problem(ofSize size: Int64, _ key: String) -> EvictionPolicyProblem? {
        guard size <= 0 else { return nil }
        let message =
            size < 0
            ? "is negative; give a size such as “20GB”"
            : "is 0; leave it out for no limit\(key == "max_size" ? ", or remove all with “caisson cache prune”" : "")"
        return EvictionPolicyProblem(key: key, message: message)
    }

    private static func problem(ofAge age: Duration, _ key: String) -> EvictionPolicyProblem? {
        guard age <= .zero else { return nil }
        let message =
            age < .zero
            ? "is negative; give a time such as “30d”"
            : key == "interval" ? "is 0; give a time such as “1h”" : "is 0; leave it out for no limit"
        return EvictionPolicyProblem(key: key, message: message)
    }
}
