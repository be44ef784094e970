package import CaissonBuildModel

/// What a step has in common with the same step of another build: its identity, and the how-manieth of that it is.
struct StepOccurrence: Sendable, Hashable {
    var identity: String
    /// From 0.
    var count: Int

    /// One for each step, in their order.
    static func all(of steps: [StepRecord]) -> [StepOccurrence] { all(of: steps.map { StepName($0.name).identity }) }

    /// One for each identity, in their order.
    static func all(of identities: [String]) -> [StepOccurrence] {
        var counts: [String: Int] = [:]
        return identities.map { identity in
            defer { counts[identity, default: 0] += 1 }
            return StepOccurrence(identity: identity, count: counts[identity, default: 0])
        }
    }
}

extension StepRecord {
    /// Whether it did its work: it wasn't cached, and it ended well.
    package var reallyRan: Bool { !isCached && error.isEmpty && started != nil && completed != nil }

    /// Whether its result came from the cache and nothing went wrong.
    package var isHit: Bool { isCached && error.isEmpty && !isUnfinished }
}

extension BuildDossier {
    /// How long a step ran, as of `duration(of:)`, to the nanosecond that the engine told.
    func wholeDuration(of step: StepRecord) -> Duration? { duration(of: step)?.inWholeNanoseconds }
}

extension Duration {
    /// The span to the next nanosecond: of times that were reckoned with `Double`s the rest is chance.
    var inWholeNanoseconds: Duration {
        let (seconds, attoseconds) = components
        let half: Int64 = attoseconds < 0 ? -500_000_000 : 500_000_000
        return .seconds(seconds) + .nanoseconds((attoseconds + half) / 1_000_000_000)
    }
}
