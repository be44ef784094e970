/// How a step that is to come stands to the same step of one earlier build.
package enum ForecastEvidence: Sendable, Hashable, CaseIterable {
    /// The key is the same, and the step ended well there.
    case result
    /// The key is the same, and the step certainly has no result from there.
    case noResult
    /// The key is another one.
    case otherKey
    /// It can't be told.
    case unclear
}

/// What a step is expected to do.
package enum ForecastOutcome: String, Sendable, Hashable, CaseIterable {
    /// Its result comes from the cache.
    case cached
    /// It runs.
    case runs
    /// It can't be known.
    case unknown

    /// Weighs what all earlier builds of one engine say; none say nothing.
    package init(_ evidence: [ForecastEvidence]) {
        if evidence.contains(.result) {
            self = .cached
        } else if evidence.isEmpty || evidence.contains(.unclear) {
            self = .unknown
        } else {
            self = .runs
        }
    }
}
