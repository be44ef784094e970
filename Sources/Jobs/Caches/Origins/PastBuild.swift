package import CaissonBuildModel

/// A build of the past, as far as it tells who made a record of an engine's cache.
package struct PastBuild: Sendable {
    /// The build's name.
    package var id: BuildID
    /// The series that it belongs to, such as the name of its image or target; empty where it has none.
    package var series: String
    /// The address of the engine that took it, such as `unix:///var/run/docker.sock`.
    package var engine: String
    /// When it began, by this machine's clock; nil where it never did.
    package var started: Timestamp?
    /// When it ended, by this machine's clock; nil while it runs.
    package var ended: Timestamp?
    /// Its steps; of one that was done anew only the last run.
    package var steps: [PastStep]

    /// Makes a build.
    package init(
        id: BuildID,
        series: String,
        engine: String,
        time: (started: Timestamp?, ended: Timestamp?),
        steps: [PastStep]
    ) {
        self.id = id
        self.series = series
        self.engine = engine
        (started, ended) = time
        self.steps = steps
    }
}

/// A step of a build of the past.
package struct PastStep: Sendable {
    /// BuildKit's name of it, such as `[build 2/3] RUN make`; may hold any characters.
    package var name: String
    /// When it started, by the engine's clock; nil where it never did.
    package var started: Timestamp?
    /// When it ended, by the engine's clock; nil where it didn't.
    package var ended: Timestamp?
    /// Whether its result came from the cache.
    package var isCached: Bool

    /// Makes a step.
    package init(name: String, started: Timestamp? = nil, ended: Timestamp? = nil, isCached: Bool = false) {
        self.name = name
        self.started = started
        self.ended = ended
        self.isCached = isCached
    }
}

extension Timestamp {
    /// Nanoseconds since 1970, or the largest or smallest number there is.
    var clampedNanoseconds: Int64 {
        let (scaled, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver else { return seconds < 0 ? .min : .max }
        let (sum, isOverAgain) = scaled.addingReportingOverflow(Int64(nanoseconds))
        return isOverAgain ? .max : sum
    }
}
