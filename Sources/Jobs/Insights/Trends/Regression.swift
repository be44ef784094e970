/// A lasting change for the worse, with what is known of its end and its causes.
package struct Regression: Sendable, Hashable {
    /// The change.
    package var change: LevelChange
    /// The first build of a later level that is nearer to the one before the change than to the one after it; nil where
    /// there is none.
    package internal(set) var wasMended: BuildMark?
    /// What accounts for a change of the build's duration, what accounts for most of it first; empty for other
    /// quantities, and where nothing was found.
    package internal(set) var causes: [RegressionCause] = []
    /// Whether the share of steps from the cache fell at the same build: steps that had been cached ran.
    package internal(set) var hasLostCache = false

    /// Whether the last builds still have the regressed level.
    package var isStillOn: Bool { wasMended == nil }

    /// A regression of which no more is known yet.
    init(_ change: LevelChange) { self.change = change }
}

/// A step that accounts for a longer build.
package struct RegressionCause: Sendable, Hashable {
    /// What became of the step.
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// It takes longer where it runs.
        case slower
        /// It wasn't there before.
        case new
        /// It came from the cache more often before.
        case ran
    }

    /// What became of it.
    package var kind: Kind
    /// The step's `StepName.identity`.
    package var step: String
    /// Which step of that identity in its build, from 1.
    package var occurrence: Int
    /// How many seconds longer than before it runs in a build, on average.
    package var seconds: Double
    /// Which share of the build's change that is, from 0 to 1.
    package var share: Double
}
