package import CaissonBuildModel

/// Figures over all the builds of a report.
package struct ReportTotals: Sendable, Hashable {
    /// How many builds there are of each status; negative counts are shown as none.
    package var counts: [BuildStatus: Int]
    /// The time that half of the builds stay below, in seconds.
    package var median: Double?
    /// The time that 95 of 100 builds stay below, in seconds.
    package var p95: Double?
    /// The share of steps that came from the cache, 0 to 1.
    package var hitRate: Double?
    /// The share that is aimed at, 0 to 1.
    package var targetRate = 0.8
    /// The time that the cache saved, in seconds.
    package var timeSaved: Double?

    /// Makes figures without times and rates.
    package init(counts: [BuildStatus: Int]) {
        self.counts = counts
    }
}

/// One build among others over time.
package struct ReportPoint: Sendable, Hashable {
    /// The build's id or name.
    package var id: String
    /// When it began, by the clock of its engine, which may have jumped.
    package var time: Timestamp
    /// How long it took, in seconds; nil while it isn't known.
    package var duration: Double?
    /// Where it stands.
    package var status: BuildStatus
    /// The share of its steps that came from the cache, 0 to 1.
    package var hitRate: Double?
    /// What it can be compared with, such as the name of a target.
    package var series: String?

    /// Makes a point without hit rate and series.
    package init(id: String, time: Timestamp, duration: Double?, status: BuildStatus) {
        self.id = id
        self.time = time
        self.duration = duration
        self.status = status
    }
}
