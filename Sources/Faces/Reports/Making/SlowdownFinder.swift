import CaissonBuildModel
import CaissonInsights

/// Finds what became slower in the series of a report.
struct SlowdownFinder {
    /// In the largest series is looked, at most so many.
    static let mostSeries = 50
    /// With fewer builds a series shows no lasting change: five before it, four after.
    private static let fewestBuilds = 9
    /// Of a series the latest builds are looked at.
    private static let mostBuilds = 600
    /// The most that are told.
    private static let most = 20
    /// Changes so many builds apart are one.
    private static let reach = 3

    /// The most series of which it is told that they lost the cache.
    private static let mostLosses = 5

    /// What became slower, worst first.
    private(set) var regressions: [ReportRegression] = []
    /// Series that take fewer steps from the cache now, the largest series first.
    private(set) var losses: [ReportBottleneck] = []

    /// Looks at the builds of each series by itself.
    init(_ dossiers: [BuildDossier], _ groups: BuildGroups) {
        for group in groups.largest(Self.mostSeries, builds: Self.fewestBuilds) {
            let found = BuildTrends(group.oldestFirst(dossiers, most: Self.mostBuilds)).regressions
            let builds = found.filter { $0.change.quantity == .buildDuration }
            let series = groups.areMany ? group.name : nil
            if !builds.contains(where: { $0.isStillOn && $0.hasLostCache }) {
                let loss = found.last { $0.change.quantity == .hitRate && $0.isStillOn }
                if let loss { losses.append(Self.loss(loss, series)) }
            }
            regressions += found.compactMap { regression in
                Self.told(regression, in: series, isExplained: builds.contains { Self.explains($0, regression) })
            }
        }
        let placed: [Placed] = regressions.enumerated().map { ($0, $1) }
        let ordered = placed.sorted(by: Self.precedes)
        regressions = ordered.prefix(Self.most).map(\.item)
        losses = Array(losses.prefix(Self.mostLosses))
    }

    private static func loss(_ regression: Regression, _ series: String?) -> ReportBottleneck {
        let change = regression.change
        let (before, after) = (Figure.percent(change.before), Figure.percent(change.after))
        let builds = "builds" + (series.map { " of \($0)" } ?? "")
        let detail =
            "Since \(Figure.minute(change.first.time)) \(builds) take \(after) of their steps from it, "
            + "\(before) before."
        return ReportBottleneck(what: "Less from the cache", detail: detail)
    }

    private typealias Placed = (place: Int, item: ReportRegression)

    private static func precedes(_ one: Placed, _ other: Placed) -> Bool {
        if one.item.isOn != other.item.isOn { return one.item.isOn }
        let (first, second) = (one.item.after - one.item.before, other.item.after - other.item.before)
        return first == second ? one.place < other.place : first > second
    }

    /// Whether a slower build is told with a step as its first cause, so that the step needn't be told again.
    private static func explains(_ build: Regression, _ step: Regression) -> Bool {
        guard case .step(let name, let occurrence) = step.change.quantity, let cause = build.causes.first else {
            return false
        }
        return cause.step == name && cause.occurrence == occurrence && build.isStillOn == step.isStillOn
            && abs(build.change.first.place - step.change.first.place) <= reach
    }

    /// What is told of a change; nil for what isn't told in seconds, and for what is told with its build.
    private static func told(_ found: Regression, in series: String?, isExplained: Bool) -> ReportRegression? {
        let change = found.change
        let place = series.map { " of \($0)" } ?? ""
        var (what, step): (String, String?)
        switch change.quantity {
        case .buildDuration:
            step = found.causes.first?.step
            what = "The whole build" + place + reason(found)
        case .step(let name, _):
            guard !isExplained else { return nil }
            (what, step) = ("A step" + place, name)
        case .hitRate, .imageSize: return nil
        }
        var item = ReportRegression(what: what, before: change.before, after: change.after, isOn: found.isStillOn)
        item.step = step
        item.build = change.first.id.description
        item.commit = change.first.commit.map(BuildRecord.short)
        item.since = change.first.time
        // Nothing that is told from samples is sure without a rest.
        item.confidence = min(0.999, 1 - change.falseAlarm)
        return item
    }

    private static func reason(_ found: Regression) -> String {
        switch found.causes.first?.kind {
        case .new: ": a step is new"
        case .ran: ": a step runs that had been cached"
        case .slower: ": a step takes longer"
        case nil: found.hasLostCache ? ": steps run that had been cached" : ""
        }
    }
}
