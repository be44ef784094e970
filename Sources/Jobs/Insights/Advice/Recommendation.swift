/// What could make the builds of a series faster, with what speaks for it.
package struct Recommendation: Sendable, Hashable {
    /// What is to be done.
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// A step that installs or compiles gets a cache mount.
        case cacheMount
        /// A copy of files goes behind a step that doesn't need all of them.
        case copyOrder
        /// The base image gets a digest.
        case pinnedBase
        /// Files are left out of the context.
        case ignoreLine
        /// An argument that is new in each build is declared later.
        case argumentOrder
        /// A large context is sent with each build.
        case largeContext
        /// Two steps could run at once.
        case parallelStages
    }

    /// How far it can be relied on.
    package enum Certainty: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// Look whether it applies.
        case low
        /// It probably does.
        case medium
        /// What was seen leaves hardly a doubt.
        case high

        /// Less certain is less.
        package static func < (a: Certainty, b: Certainty) -> Bool { a.rawValue < b.rawValue }
    }

    /// What is to be done.
    package var kind: Kind
    /// The `StepName.identity` of the step that it is about; nil where it is about none.
    package var step: String?
    /// What it names: a directory, a file, an argument, a line of `.dockerignore`; empty where it names nothing.
    package var subject: String
    /// What to do, in a sentence; names that come from peers are quoted in it.
    package var advice: String
    /// The numbers that speak for it.
    package var evidence: Evidence
    /// The time that it may save in a build where it applies; zero where that isn't known.
    package var saving: Duration
    /// How far it can be relied on.
    package var certainty: Certainty

    /// What was seen.
    package struct Evidence: Sendable, Hashable {
        /// In how many builds it was seen; at least 3.
        package var seen: Int
        /// How many builds could have shown it.
        package var builds: Int
        /// How long the step takes where it runs, as a median; nil where it is about no step.
        package var duration: Duration?
        /// How many bytes it is about, as a median; nil where it is about none.
        package var bytes: Int64?
    }

    /// Time saved in a build times how often, in seconds: the order of recommendations.
    var weight: Double {
        saving.boundedSeconds * Double(evidence.seen) / Double(max(1, evidence.builds))
    }
}
