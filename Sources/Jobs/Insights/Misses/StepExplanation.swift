package import CaissonBuildModel

/// Why a step of a build ran, or that it didn't have to.
package struct StepExplanation: Sendable, Hashable {
    /// What became of the step.
    package enum Outcome: Sendable, Hashable {
        /// Its result came from the cache.
        case cached
        /// The engine does it anew in each build, for the reason that is told.
        case uncacheable(String)
        /// No earlier build is known that had it on this engine, so nothing can be said.
        case first
        /// It ran, for at least one cause, the surest first.
        case missed([MissCause])
        /// It ran for a reason that isn't known, or it didn't run at all.
        case unknown
    }

    /// The step's number, as in `StepRecord.number`.
    package var number: Int
    /// The step's name, as in `StepRecord.name`; it may hold any characters.
    package var name: String
    /// What became of it.
    package var outcome: Outcome
    /// The earlier build that it was compared with; nil where there is none.
    package var comparedWith: BuildID?

    /// Makes an explanation.
    package init(of step: StepRecord, _ outcome: Outcome, comparedWith: BuildID? = nil) {
        number = step.number
        name = step.name
        self.outcome = outcome
        self.comparedWith = comparedWith
    }

    /// Why it ran; empty where it didn't, and where nothing is known.
    package var causes: [MissCause] {
        if case .missed(let causes) = outcome { causes } else { [] }
    }

    /// Whether it ran for a known cause.
    package var isMissed: Bool {
        if case .missed = outcome { true } else { false }
    }
}
