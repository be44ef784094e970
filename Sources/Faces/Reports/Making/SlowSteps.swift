import CaissonBuildModel
import CaissonInsights

/// The steps that take the most time over all builds.
struct SlowSteps {
    /// The most that are told.
    private static let most = 15
    /// The most times of a step that its 95th percentile is told from, the newest.
    private static let mostTimes = 1000
    /// More different names than that aren't kept in mind.
    private static let mostNames = 10_000

    /// The steps, worst first.
    private(set) var steps: [ReportSlowStep] = []

    /// Picks the steps, and looks their times up again: of all steps of all builds these would be too many.
    init(_ report: CacheReport, _ dossiers: [BuildDossier], _ groups: BuildGroups) {
        let chosen = report.steps.prefix(Self.most).filter { $0.times.lost > .zero }
        var wanted: [BuildSeries: [String: Int]] = [:]
        for (place, step) in chosen.enumerated() { wanted[step.series, default: [:]][step.identity] = place }
        var times = [[Double]](repeating: [], count: chosen.count)
        for (series, identities) in wanted {
            guard let group = groups.place(of: series) else { continue }
            Self.gather(groups.groups[group].places.lazy.map { dossiers[$0] }, identities, into: &times)
        }
        steps = zip(chosen, times).map { step, times in
            let name = StepName(step.identity)
            let series = groups.place(of: step.series).map { groups.groups[$0].name } ?? ""
            let places = [groups.areMany ? series : "", name.stage].filter { !$0.isEmpty }
            var slow = ReportSlowStep(
                step: name.instruction,
                place: places.isEmpty ? nil : places.joined(separator: " · "),
                runs: step.counts.misses,
                total: step.times.lost.seconds
            )
            slow.median = step.median?.seconds
            slow.p95 = times.quantile(0.95)
            slow.hitRate = step.counts.rate
            return slow
        }
    }

    private static func gather(
        _ dossiers: some Sequence<BuildDossier>,
        _ identities: [String: Int],
        into times: inout [[Double]]
    ) {
        var known: [String: Int?] = [:]
        for dossier in dossiers where dossier.record.status.isFinal {
            for step in dossier.steps where !step.isCached && step.error.isEmpty {
                let place = known[step.name] ?? identities[StepName(step.name).identity]
                if known.count >= mostNames { known = [:] }
                known[step.name] = .some(place)
                guard let place, times[place].count < mostTimes, let time = step.duration else { continue }
                times[place].append(time.seconds)
            }
        }
    }
}
