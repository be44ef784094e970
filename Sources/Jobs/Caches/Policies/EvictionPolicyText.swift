import CaissonBuildModel

/// A policy in lines for people: each rule, and what it would do now.
package struct EvictionPolicyText: Sendable {
    /// How sizes are written.
    private let size: @Sendable (Int64) -> String

    /// Makes a text.
    ///
    /// - Parameter size: Writes a number of bytes, such as `20GB`.
    package init(size: @escaping @Sendable (Int64) -> String) { self.size = size }

    /// What a rule says, such as `cache mounts go when unused for 14d`.
    package func line(_ rule: EvictionPolicyRule) -> String {
        switch rule {
        case .kindAge(let kind, let age): "\(kind.words) go when unused for \(Self.span(age))"
        case .age(let age): "what is unused for \(Self.span(age)) goes"
        case .size(let maximum, 0): "the cache has at most \(size(maximum))"
        case .size(0, let free): "the disk has at least \(size(free)) free"
        case .size(let maximum, let free):
            "the cache has at most \(size(maximum)), and the disk at least \(size(free)) free"
        }
    }

    /// All that a policy says, a line for each rule and for what holds for all of them.
    package func lines(_ policy: EvictionPolicy) -> [String] {
        guard !policy.isEmpty else { return ["nothing goes by itself but by the engine's own policy"] }
        var lines = policy.rules.map { line($0) }
        if let reserved = policy.reservedSize, reserved > 0 { lines.append("\(size(reserved)) stay, however old") }
        lines.append(policy.keepsPinned ? "what pinned builds need stays" : "what pinned builds need goes as well")
        lines.append(
            policy.runsAfterBuilds
                ? "followed after builds, at most once in \(Self.span(policy.interval))" : "followed when asked for"
        )
        return lines
    }

    /// What a rule would do now, such as `3 records, 1.2GB`.
    package func line(_ step: EvictionPolicyStep) -> String {
        var text = step.removed.isEmpty ? "nothing" : "\(Self.records(step.removed.count)), \(size(step.bytes))"
        if step.keptBack > 0 {
            let words = step.keptBack == 1 ? "stays as builds need it" : "stay as builds need them"
            text += "; \(Self.records(step.keptBack)) \(words)"
        }
        if !step.isCertain { text += "; the engine may choose others" }
        return text
    }

    /// What the whole policy would do now: each rule with its step, and the sum.
    package func lines(_ plan: EvictionPolicyPlan) -> [String] {
        let sum = "\(Self.records(plan.removed.count)) in all, \(size(plan.bytes))"
        return plan.steps.map { "\(line($0.rule)): \(line($0))" } + (plan.steps.count > 1 ? [sum] : [])
    }

    private static func records(_ count: Int) -> String { count == 1 ? "1 record" : "\(count) records" }

    /// A span in whole days where it is two or more of them.
    private static func span(_ span: Duration) -> String {
        let (seconds, attoseconds) = span.components
        guard seconds >= 172_800, seconds % 86_400 == 0, attoseconds == 0 else { return Timespan(span).description }
        return "\(seconds / 86_400)d"
    }
}
