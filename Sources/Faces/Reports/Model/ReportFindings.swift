package import CaissonBuildModel

/// A step that takes much time over many builds.
package struct ReportSlowStep: Sendable, Hashable {
    /// What it does.
    package var step: String
    /// The stage or target that it belongs to.
    package var place: String?
    /// How many times it ran.
    package var runs: Int
    /// The median of its times, in seconds.
    package var median: Double?
    /// The time that 95 of 100 stay below, in seconds.
    package var p95: Double?
    /// The sum of its times, in seconds.
    package var total: Double
    /// The share of builds in which it came from the cache, 0 to 1.
    package var hitRate: Double?

    /// Makes a slow step without median, 95th percentile and hit rate.
    package init(step: String, place: String?, runs: Int, total: Double) {
        self.step = step
        self.place = place
        self.runs = runs
        self.total = total
    }
}

/// Something that became slower.
package struct ReportRegression: Sendable, Hashable {
    /// What became slower, such as “the whole build” or a step's text.
    package var what: String
    /// The step that is to blame, where one is.
    package var step: String?
    /// The first build that was slower.
    package var build: String?
    /// The commit of that build.
    package var commit: String?
    /// When that was.
    package var since: Timestamp?
    /// The time before, in seconds.
    package var before: Double
    /// The time after, in seconds.
    package var after: Double
    /// How sure that is, 0 to 1.
    package var confidence: Double?
    /// Whether it still is so; false where it was mended.
    package var isOn: Bool

    /// Makes a regression.
    package init(what: String, before: Double, after: Double, isOn: Bool) {
        self.what = what
        self.before = before
        self.after = after
        self.isOn = isOn
    }
}

/// Something that would make builds faster.
package struct ReportRecommendation: Sendable, Hashable {
    /// What to do, as a sentence.
    package var action: String
    /// What speaks for it, as sentences.
    package var evidence: [String]
    /// How much time that saves in a build, in seconds.
    package var saving: Double?
    /// What came of it after it was done, as a sentence; nil where it wasn't done yet.
    package var outcome: String?

    /// Makes a recommendation.
    package init(action: String, evidence: [String], saving: Double? = nil, outcome: String? = nil) {
        self.action = action
        self.evidence = evidence
        self.saving = saving
        self.outcome = outcome
    }
}

/// Something that held builds up.
package struct ReportBottleneck: Sendable, Hashable {
    /// What it is, such as “the network”.
    package var what: String
    /// What that means here, as a sentence.
    package var detail: String
    /// The share of the builds' time that it takes, 0 to 1.
    package var share: Double?

    /// Makes a bottleneck.
    package init(what: String, detail: String, share: Double? = nil) {
        self.what = what
        self.detail = detail
        self.share = share
    }
}

/// How hard the machine was pressed while it built, as shares of the time in which something waited, 0 to 1.
///
/// Source of the meaning: Linux's pressure stall information, `Documentation/accounting/psi.rst`.
package struct ReportPressure: Sendable, Hashable {
    /// The share of time in which something waited for a processor.
    package var processor: Double?
    /// The share of time in which something waited for memory.
    package var memory: Double?
    /// The share of time in which something waited for disks.
    package var disk: Double?
    /// What that means, as a sentence.
    package var remark: String?

    /// Makes a pressure of which nothing is known.
    package init() {}
}
