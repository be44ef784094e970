import CaissonBuildModel
import CaissonInsights
import CaissonReporting

/// What the cache's use is told by: an image, a series, a step, a day or a week.
package enum CacheReportGrouping: String, Sendable, Hashable, CaseIterable {
    /// Images, by their names without tags.
    case image
    /// Series of builds.
    case series
    /// Steps of series.
    case step
    /// Days of UTC.
    case day
    /// Weeks of UTC, which begin on Mondays.
    case week

    /// The head of its column.
    var head: String { rawValue.uppercased() }
}

/// A line of a table of the cache's use.
struct CacheReportRow {
    var name: String
    /// How many builds there are; nil where they aren't counted.
    var builds: Int?
    var counts: CacheCounts
    /// What was saved and lost; nil where that isn't counted.
    var times: CacheTimes?
    /// What the step takes when it runs.
    var median: Duration?
}

extension CacheReport {
    /// The lines of a table.
    ///
    /// - Parameter isShort: Whether stages are left out of the names of steps.
    func rows(by grouping: CacheReportGrouping, isShort: Bool) -> [CacheReportRow] {
        switch grouping {
        case .image:
            images.map { CacheReportRow(name: $0.name, builds: $0.builds, counts: $0.counts, times: $0.times) }
        case .series:
            series.map {
                CacheReportRow(name: $0.series.title, builds: $0.builds, counts: $0.counts, times: $0.times)
            }
        case .step: steps.map { CacheReportRow($0, isShort: isShort) }
        case .day: days.map { CacheReportRow($0) }
        case .week: weeks.map { CacheReportRow($0) }
        }
    }
}

extension CacheReportRow {
    init(_ step: CacheReport.Step, isShort: Bool) {
        self.init(
            name: WordFigures.name(step.identity, isShort: isShort),
            counts: step.counts,
            times: step.times,
            median: step.median
        )
    }

    init(_ period: CacheReport.Period) {
        self.init(name: String(period.start.rfc3339.prefix(10)), builds: period.builds, counts: period.counts)
    }
}

extension BuildSeries {
    /// What people call it: its project and target, or the directory, Dockerfile and stage.
    var title: String {
        let own = name ?? source.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        // Builds without a name have nothing but a `.` in common with each other: the directory tells them apart.
        let place = project ?? (name == nil ? directory : nil)
        let whole = [place, own].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
        let target = platforms.isEmpty ? "" : " (\(platforms.joined(separator: ", ")))"
        return (whole.isEmpty ? "(no name)" : whole) + target
    }
}
