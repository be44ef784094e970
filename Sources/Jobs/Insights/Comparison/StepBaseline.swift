package import CaissonBuildModel

/// What a step of a build took, against what the same step took before.
package struct StepBaseline: Sendable, Hashable {
    /// How a step's time stands to that of earlier runs.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It took longer than it does at other times.
        case slower
        /// It took less long.
        case faster
        /// It took as long as ever.
        case usual
        /// There are too few earlier runs, or the step didn't run until it ended well.
        case unknown
    }

    /// The step's number.
    package var step: Int
    /// How long it ran in this build; nil where it didn't, and where it was cached.
    package var duration: Duration?
    /// How many earlier runs there are to compare with.
    package var runs = 0
    /// The median of what they took; nil where there are none.
    package var median: Duration?
    /// How much they differ: the median of their distances from the median; nil where there are none.
    package var spread: Duration?
    /// How the step's time stands to them.
    package var verdict = Verdict.unknown

    /// How far from the median a time is to be that isn't usual any more; nil where there are too few runs.
    ///
    /// The factor makes of the median of distances what a standard deviation would be.
    package var tolerance: Duration? {
        guard runs >= Self.fewestRuns, let median, let spread else { return nil }
        return max(spread * (3 * 1.4826), median / 10, .milliseconds(300))
    }

    /// With fewer runs nothing is said.
    package static let fewestRuns = 3

    fileprivate mutating func judge(isWhole: Bool) {
        guard let duration, let median, let tolerance else { return }
        if duration > median + tolerance {
            verdict = .slower
        } else if isWhole {
            // Of a step that broke off it is only known that it would have taken at least as long.
            verdict = duration < median - tolerance ? .faster : .usual
        }
    }
}

/// Gathers what the steps of a build took in earlier builds of its series.
///
///     var baselines = StepBaselines(of: dossier)
///     for earlier in newestFirst { baselines.add(earlier) }
///     baselines.steps
package struct StepBaselines: Sendable {
    /// How many runs of a step count; further ones are passed over.
    package static let mostRuns = 200

    private let dossier: BuildDossier
    private let series: BuildSeries
    private let occurrences: [StepOccurrence]
    private var runs: [StepOccurrence: [Duration]] = [:]

    /// Begins without earlier builds.
    package init(of dossier: BuildDossier) {
        self.dossier = dossier
        series = BuildSeries(dossier.record.submission)
        occurrences = StepOccurrence.all(of: dossier.steps)
        for occurrence in occurrences { runs[occurrence] = [] }
    }

    /// Takes an earlier build into account; others than of the same series, later ones and the build itself are passed
    /// over.
    ///
    /// The first ones that are added count, so the newest are to come first.
    package mutating func add(_ earlier: BuildDossier) {
        let submission = earlier.record.submission
        guard submission.id != dossier.record.id, submission.time <= dossier.record.submission.time,
            BuildSeries(submission) == series
        else { return }
        for (step, occurrence) in zip(earlier.steps, StepOccurrence.all(of: earlier.steps)) where step.reallyRan {
            guard let count = runs[occurrence]?.count, count < Self.mostRuns,
                let duration = earlier.wholeDuration(of: step)
            else { continue }
            runs[occurrence]?.append(duration)
        }
    }

    /// One for each step of the build, in their order; the frontend's and the engine's own steps, too.
    package var steps: [StepBaseline] {
        zip(dossier.steps, occurrences)
            .map { step, occurrence in
                var baseline = StepBaseline(step: step.number)
                if !step.isCached { baseline.duration = dossier.wholeDuration(of: step) }
                let runs = runs[occurrence] ?? []
                baseline.runs = runs.count
                baseline.median = MedianOfDurations.median(runs)
                if let median = baseline.median {
                    baseline.spread = MedianOfDurations.median(runs.map { $0 > median ? $0 - median : median - $0 })
                }
                baseline.judge(isWhole: step.reallyRan)
                return baseline
            }
    }
}

/// The middle of spans of time.
enum MedianOfDurations {
    /// The middle one, or the mean of the two middle ones; nil of none.
    static func median(_ spans: [Duration]) -> Duration? {
        let sorted = spans.sorted()
        let middle = sorted.count / 2
        guard sorted.indices.contains(middle) else { return nil }
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
