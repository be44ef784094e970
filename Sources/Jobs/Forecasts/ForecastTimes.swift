import CaissonBuildModel
import CaissonInsights

/// How long steps took when they ran.
struct ForecastTimes {
    /// No step is taken to run longer than this, so that sums can be reckoned with.
    private static let longest = Duration.seconds(10_000_000)
    private var spans: [String: [Duration]] = [:]

    init(_ builds: [BuildDossier]) {
        for build in builds.prefix(200) {
            for step in build.steps where !step.isCached && step.error.isEmpty {
                guard let span = step.duration, span >= .zero else { continue }
                spans[StepName(step.name).identity, default: []].append(min(span, Self.longest))
            }
        }
    }

    /// The median of a step's runs, of two in the middle the shorter one; nil where it never ran.
    func median(of step: PlannedStep) -> Duration? {
        guard let own = spans[StepName(step.name).identity]?.sorted(), !own.isEmpty else { return nil }
        return own[(own.count - 1) / 2]
    }
}
