package import CaissonBuildModel
import CaissonInsights

/// Makes a report's page of what is remembered of builds.
///
///     dossiers ─┬▶ HistoryFigures ─▶ totals, points, slowest steps
///               ├▶ BuildGroups ─┬▶ SlowdownFinder ─▶ what became slower
///               │               └▶ AdviceFinder ─▶ recommendations
///     focus ────┴▶ FocusMaker ─▶ the build with its path and sentences
///     all of them ▶ BottleneckFinder ─▶ what held builds up
///
/// The same values always give the same page. How hard the machine was pressed isn't part of it: nothing here tells.
package struct ReportMaker: Sendable {
    /// What the report is about, such as the name of a project.
    package var title: String
    /// When it is made.
    package var now: Timestamp
    /// The builds that it covers, the newest first.
    package var dossiers: [BuildDossier]
    /// The build in focus, which needn't be among them; nil for none.
    package var focus: BuildDossier?
    /// What was seen to leave caches of engines, in any order.
    package var removals: [CacheRemoval] = []
    /// The last lines that the failed step of the build in focus printed; of more than 200 the last ones count.
    package var failedOutput: [String] = []
    /// What was chosen, in words such as “target web”.
    package var filters: [String] = []
    /// The span of time that the report covers, in words such as “the last 30 days”; nil where that isn't bounded.
    package var period: String?

    /// Prepares a report of builds.
    package init(title: String, now: Timestamp, dossiers: [BuildDossier], focus: BuildDossier? = nil) {
        self.title = title
        self.now = now
        self.dossiers = dossiers
        self.focus = focus
    }

    /// Works the page out; lists in it are bounded, but for the builds over time, of which there is one for each.
    package func page() -> ReportPage {
        var page = ReportPage(title: title, made: now)
        page.period = period
        page.filters = filters
        // Without others the one in focus stands for all.
        let dossiers = dossiers.isEmpty ? focus.map { [$0] } ?? [] : dossiers
        let groups = BuildGroups(dossiers)
        let figures = HistoryFigures(dossiers, groups)
        var losses: [ReportBottleneck] = []
        if !isOfOneBuild {
            let cache = figures.rates.report
            page.totals = figures.totals(cache)
            page.points = figures.points
            page.slowest = SlowSteps(cache, dossiers, groups).steps
            let slowdowns = SlowdownFinder(dossiers, groups)
            page.regressions = slowdowns.regressions
            losses = slowdowns.losses
            page.recommendations = AdviceFinder(dossiers, groups).recommendations
        }
        if let focus {
            let earlier = groups.earlier(than: focus, in: dossiers)
            page.build = FocusMaker(focus, earlier: earlier, removals: removals, output: failedOutput).build
        }
        page.bottlenecks = BottleneckFinder(dossiers, focus: focus, figures).bottlenecks + losses
        return page
    }

    /// Whether there are no other builds than the one in focus: then figures over builds would tell nothing.
    private var isOfOneBuild: Bool {
        guard let focus else { return dossiers.isEmpty }
        return dossiers.allSatisfy { $0.record.id == focus.record.id }
    }
}
