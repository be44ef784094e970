package import CaissonBuildModel

/// What a report shows: plain values, worked out by others, in the order in which they are to be shown.
///
/// Texts may come from peers and hold any characters; each form of the report makes them harmless by itself. Spans are
/// in seconds and shares from 0 to 1, both as `Double`: a number that isn't finite counts as unknown, a negative span
/// as none. Lists may have any length: a form that can't show all of one says how many it left out.
package struct ReportPage: Sendable, Hashable {
    /// What the report is about, such as the name of a project.
    package var title: String
    /// When it was made.
    package var made: Timestamp
    /// The span of time that it covers, in words such as “the last 30 days”; nil where that isn't bounded.
    package var period: String?
    /// What was chosen, in words such as “target web”.
    package var filters: [String] = []
    /// Figures over all the builds; nil where the report is about one build alone.
    package var totals: ReportTotals?
    /// The build in focus.
    package var build: ReportBuild?
    /// Builds over time, in any order.
    package var points: [ReportPoint] = []
    /// The steps that take the most time, worst first.
    package var slowest: [ReportSlowStep] = []
    /// What became slower, worst first.
    package var regressions: [ReportRegression] = []
    /// What to do about it, most useful first.
    package var recommendations: [ReportRecommendation] = []
    /// What held the builds up, worst first.
    package var bottlenecks: [ReportBottleneck] = []
    /// How hard the machine was pressed; nil where that wasn't measured.
    package var pressure: ReportPressure?

    /// Makes a page without parts.
    package init(title: String, made: Timestamp) {
        self.title = title
        self.made = made
    }
}
