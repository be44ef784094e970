import CaissonBuildModel
package import CaissonInsights
package import CaissonJSON
import CaissonReporting

/// How the build cache was used over many builds, for programs, complete: nothing is folded or cut.
///
/// All keys are always there, and what isn't known is `null`. Spans are seconds, rates are from 0 to 1, points of time
/// are as RFC 3339 has them. Texts are as they came.
package struct CacheReportJSON: Sendable {
    private let report: CacheReport
    private let grouping: CacheReportGrouping?

    /// Takes a report.
    ///
    /// - Parameter grouping: What there is to be a list of beside the totals; nil for lists of all.
    package init(_ report: CacheReport, by grouping: CacheReportGrouping? = nil) {
        self.report = report
        self.grouping = grouping
    }

    /// An object with the totals and, as far as they are asked for, `images`, `series`, `steps`, `days` and `weeks`.
    ///
    /// - The totals are `builds`, `whollyCachedBuilds`, `hits`, `misses`, `rate`, `target`, `targetMet`,
    ///   `missesTooMany`, `saved`, `unknownHits`, `lost`, `buildSpans` and `missSpans` (each with `count`, `average`,
    ///   `p50`, `p90`, `p95` and `p99`), `leftOut` (numbers by `baseImage`, `context`, `export` and `other`),
    ///   `withoutEnd` and `buildsOfFurtherImages`.
    /// - Items have `hits`, `misses` and `rate`; all but days and weeks `saved`, `unknownHits` and `lost`; all but
    ///   steps `builds`. An image has `name`, a series and a step have `series`, a step has `identity`, `median` and
    ///   `keepsFromTarget`, a day and a week have `start`.
    /// - A series has `directory`, `project`, `name`, `source` (context, Dockerfile, stage) and `platforms`.
    package var value: JSON {
        var members = totals
        if includes(.image) { members.append(JSONMember("images", .array(report.images.map(Self.image)))) }
        if includes(.series) { members.append(JSONMember("series", .array(report.series.map(Self.series)))) }
        if includes(.step) { members.append(JSONMember("steps", .array(steps))) }
        if includes(.day) { members.append(JSONMember("days", .array(report.days.map(Self.period)))) }
        if includes(.week) { members.append(JSONMember("weeks", .array(report.weeks.map(Self.period)))) }
        return .object(members)
    }

    /// The same over several lines, in which control characters and those of direction are escaped.
    package var text: String { value.wordLines }

    private func includes(_ list: CacheReportGrouping) -> Bool { grouping == nil || grouping == list }

    private var totals: [JSONMember] {
        let leftOut = CacheableWork.allCases.filter { $0 != .instruction }
            .map { JSONMember($0.key, .whole(report.leftOut[$0] ?? 0)) }
        return [
            JSONMember("builds", .whole(report.builds)),
            JSONMember("whollyCachedBuilds", .whole(report.whollyCachedBuilds)),
        ] + Self.counts(report.counts) + [
            JSONMember("target", .share(report.target)),
            JSONMember("targetMet", .truth(report.isTargetMet)),
            JSONMember("missesTooMany", .whole(report.missesTooMany)),
        ] + Self.times(report.times) + [
            JSONMember("buildSpans", Self.spans(report.buildSpans)),
            JSONMember("missSpans", Self.spans(report.missSpans)),
            JSONMember("leftOut", .object(leftOut)),
            JSONMember("withoutEnd", .whole(report.withoutEnd)),
            JSONMember("buildsOfFurtherImages", .whole(report.buildsOfFurtherImages)),
        ]
    }

    private var steps: [JSON] {
        let costliest = Set(report.costliestSteps)
        return report.steps.map { step in
            .object(
                [JSONMember("series", Self.key(step.series)), JSONMember("identity", .string(step.identity))]
                    + Self.counts(step.counts) + [JSONMember("median", .span(step.median))] + Self.times(step.times)
                    + [JSONMember("keepsFromTarget", .bool(costliest.contains(step)))]
            )
        }
    }

    private static func image(_ image: CacheReport.Image) -> JSON {
        let head = [JSONMember("name", .string(image.name)), JSONMember("builds", .whole(image.builds))]
        return .object(head + counts(image.counts) + times(image.times))
    }

    private static func series(_ series: CacheReport.Series) -> JSON {
        let head = [JSONMember("series", key(series.series)), JSONMember("builds", .whole(series.builds))]
        return .object(head + counts(series.counts) + times(series.times))
    }

    private static func period(_ period: CacheReport.Period) -> JSON {
        let head = [
            JSONMember("start", .string(period.start.rfc3339)), JSONMember("builds", .whole(period.builds)),
        ]
        return .object(head + counts(period.counts))
    }

    private static func key(_ series: BuildSeries) -> JSON {
        .members(
            ("directory", .words(series.directory)),
            ("project", .words(series.project)),
            ("name", .words(series.name)),
            ("source", .array(series.source.map { .words($0) })),
            ("platforms", .array(series.platforms.map { .string($0) }))
        )
    }

    private static func counts(_ counts: CacheCounts) -> [JSONMember] {
        [
            JSONMember("hits", .whole(counts.hits)), JSONMember("misses", .whole(counts.misses)),
            JSONMember("rate", .share(counts.rate)),
        ]
    }

    private static func times(_ times: CacheTimes) -> [JSONMember] {
        [
            JSONMember("saved", .span(times.saved)), JSONMember("unknownHits", .whole(times.unknownHits)),
            JSONMember("lost", .span(times.lost)),
        ]
    }

    private static func spans(_ spans: CacheSpans?) -> JSON {
        guard let spans else { return .null }
        return .members(
            ("count", .whole(spans.count)),
            ("average", .span(spans.average)),
            ("p50", .span(spans.p50)),
            ("p90", .span(spans.p90)),
            ("p95", .span(spans.p95)),
            ("p99", .span(spans.p99))
        )
    }
}

extension CacheableWork {
    /// Its name as a key, which has no dash.
    fileprivate var key: String { self == .baseImage ? "baseImage" : rawValue }
}
