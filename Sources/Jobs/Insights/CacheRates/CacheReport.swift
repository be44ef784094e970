package import CaissonBuildModel

/// How often steps came from the cache.
package struct CacheCounts: Sendable, Hashable {
    /// Steps that came from it.
    package var hits = 0
    /// Steps that ran and ended well.
    package var misses = 0

    /// Makes counts of nothing.
    package init() {}

    /// The hits among both, from 0 to 1; nil where there are none.
    package var rate: Double? {
        let all = hits &+ misses
        return all > 0 ? Double(hits) / Double(all) : nil
    }
}

/// What the cache saved and what was lost without it.
package struct CacheTimes: Sendable, Hashable {
    /// For each hit the median of what the same step took when it ran.
    package var saved = Duration.zero
    /// Hits of which that isn't known, as the step never ran.
    package var unknownHits = 0
    /// What missed steps took.
    package var lost = Duration.zero

    /// Makes times of nothing.
    package init() {}
}

/// How long many things took; what isn't an average is told to 1 % where there are many of them.
package struct CacheSpans: Sendable, Hashable {
    /// How many there are.
    package var count: Int
    /// What they took on average.
    package var average: Duration
    /// What half of them didn't exceed.
    package var p50: Duration
    /// What 90 % of them didn't exceed.
    package var p90: Duration
    /// What 95 % of them didn't exceed.
    package var p95: Duration
    /// What 99 % of them didn't exceed.
    package var p99: Duration
}

/// The cache's use over many builds.
package struct CacheReport: Sendable, Hashable {
    /// An image, by its familiar name without a tag; a build that makes several counts for each.
    package struct Image: Sendable, Hashable {
        /// The name; it may hold any characters.
        package var name: String
        /// How many builds were to make it.
        package var builds: Int
        /// Their steps.
        package var counts: CacheCounts
        /// Their times.
        package var times: CacheTimes
    }

    /// A series of builds.
    package struct Series: Sendable, Hashable {
        /// Which it is.
        package var series: BuildSeries
        /// How many builds it has.
        package var builds: Int
        /// Their steps.
        package var counts: CacheCounts
        /// Their times.
        package var times: CacheTimes
    }

    /// A step of a series.
    package struct Step: Sendable, Hashable {
        /// The series.
        package var series: BuildSeries
        /// See `StepName.identity`; it may hold any characters.
        package var identity: String
        /// How it fared.
        package var counts: CacheCounts
        /// The median of what it took when it ran; nil where it never did.
        package var median: Duration?
        /// Its times.
        package var times: CacheTimes
    }

    /// A day or a week of UTC, in which builds ended.
    package struct Period: Sendable, Hashable {
        /// Its first moment; weeks begin on Mondays.
        package var start: Timestamp
        /// How many builds ended in it.
        package var builds: Int
        /// Their steps.
        package var counts: CacheCounts
    }

    /// How many builds there are.
    package var builds = 0
    /// How many of them succeeded with at least one step that counts, and all of those from the cache.
    package var whollyCachedBuilds = 0
    /// The steps that count: instructions that were cached, or ran and ended well.
    package var counts = CacheCounts()
    /// How many steps don't count as they aren't cacheable work, by what they are.
    package var leftOut: [CacheableWork: Int] = [:]
    /// How many instructions don't count as they failed, were broken off or never began.
    package var withoutEnd = 0
    /// What the cache saved and what was lost without it.
    package var times = CacheTimes()
    /// How long the builds ran; nil of none.
    package var buildSpans: CacheSpans?
    /// How long missed steps ran; nil of none.
    package var missSpans: CacheSpans?
    /// By builds, the most first.
    package var images: [Image] = []
    /// How many builds were of images beyond the number that is told apart.
    package var buildsOfFurtherImages = 0
    /// By builds, the most first.
    package var series: [Series] = []
    /// By what their misses took, the most first.
    package var steps: [Step] = []
    /// The days in which builds ended, in their order; those without are left out.
    package var days: [Period] = []
    /// The weeks, likewise.
    package var weeks: [Period] = []
    /// The rate that is wanted, from 0 to 1.
    package var target = 0.8

    /// Makes a report of no builds.
    package init() {}

    /// Whether the wanted rate is reached; nil where no step counts.
    package var isTargetMet: Bool? { counts.rate.map { $0 >= target } }

    /// How many of the misses would have had to be hits for the wanted rate; 0 where it is reached.
    package var missesTooMany: Int {
        let wanted = (target * Double(counts.hits &+ counts.misses)).rounded(.up)
        return max(0, (Int(exactly: wanted) ?? counts.hits) &- counts.hits)
    }

    /// The steps that keep the rate from the wanted one; empty where it is reached.
    ///
    /// Those with the most misses, until they have as many together as are too many; of equal ones first those that
    /// took longer.
    package var costliestSteps: [Step] {
        var left = missesTooMany
        var found: [Step] = []
        let byMisses = steps.enumerated()
            .sorted { ($1.element.counts.misses, $0.offset) < ($0.element.counts.misses, $1.offset) }
        for (_, step) in byMisses where left > 0 && step.counts.misses > 0 {
            found.append(step)
            left -= step.counts.misses
        }
        return found
    }
}
