package import CaissonJSON
import CaissonBuildModel
import CaissonReporting

/// The data of a report as JSON, complete: nothing is folded or cut.
///
/// All keys are always there, and what isn't known is `null`; a list without items is empty. Spans are seconds with
/// three decimals at most, shares are from 0 to 1 with four, sizes are bytes, points of time are as RFC 3339 has them.
/// Texts are as they came: the writer of the JSON has to escape what is invisible.
package enum ReportJSON {
    /// The page as an object: `title`, `made`, `period`, `filters`, `totals`, `build`, `builds`, `recommendations`,
    /// `regressions`, `slowest`, `bottlenecks` and `pressure`.
    ///
    /// - The totals have `builds` (numbers by status), `median`, `p95`, `hitRate`, `targetRate` and `saved`.
    /// - The build in focus has `id`, `names`, `status`, `engine`, `started`, `ended`, `revision`, `error`, `steps` and
    ///   `criticalPath`, each part of which has `step` (its number), `waited` and `reason`.
    /// - A step of it has `number`, `stage`, `text`, `started`, `completed`, `outcome`, `error`, `usual` (`median`,
    ///   `spread`, `count`, `verdict`), `why`, `log` (lines) and `usage` (`processor`, a span, and of bytes `memory`,
    ///   `read`, `written` and `network`).
    /// - A build among others has `id`, `started`, `duration`, `status`, `hitRate` and `series`.
    /// - A recommendation has `action`, `evidence`, `saving` and `outcome`.
    /// - A regression has `what`, `step`, `build`, `commit`, `since`, `before`, `after`, `confidence` and `ongoing`.
    /// - A slow step has `step`, `place`, `runs`, `median`, `p95`, `total` and `hitRate`.
    /// - A bottleneck has `what`, `detail` and `share`; the pressure `processor`, `memory`, `disk` and `remark`.
    package static func value(_ page: ReportPage) -> JSON {
        .members(
            ("title", .string(page.title)),
            ("made", .string(page.made.rfc3339)),
            ("period", .words(page.period)),
            ("filters", .array(page.filters.map { .string($0) })),
            ("totals", page.totals.map(totals) ?? .null),
            ("build", page.build.map(build) ?? .null),
            ("builds", .array(page.points.map(point))),
            ("recommendations", .array(page.recommendations.map(recommendation))),
            ("regressions", .array(page.regressions.map(regression))),
            ("slowest", .array(page.slowest.map(slowStep))),
            ("bottlenecks", .array(page.bottlenecks.map(bottleneck))),
            ("pressure", page.pressure.map(pressure) ?? .null)
        )
    }

    /// The page as a text over several lines, in which control and direction characters are escaped.
    package static func text(_ page: ReportPage) -> String { value(page).wordLines }

    private static func totals(_ totals: ReportTotals) -> JSON {
        let counts = BuildStatus.allCases.map { JSONMember($0.rawValue, .whole(max(0, totals.counts[$0] ?? 0))) }
        return .members(
            ("builds", .object(counts)),
            ("median", .span(seconds: totals.median)),
            ("p95", .span(seconds: totals.p95)),
            ("hitRate", .share(totals.hitRate)),
            ("targetRate", .share(totals.targetRate)),
            ("saved", .span(seconds: totals.timeSaved))
        )
    }

    private static func point(_ point: ReportPoint) -> JSON {
        .members(
            ("id", .string(point.id)),
            ("started", .string(point.time.rfc3339)),
            ("duration", .span(seconds: point.duration)),
            ("status", .string(point.status.rawValue)),
            ("hitRate", .share(point.hitRate)),
            ("series", .words(point.series))
        )
    }

    private static func recommendation(_ item: ReportRecommendation) -> JSON {
        .members(
            ("action", .string(item.action)),
            ("evidence", .array(item.evidence.map { .string($0) })),
            ("saving", .span(seconds: item.saving)),
            ("outcome", .words(item.outcome))
        )
    }

    private static func regression(_ item: ReportRegression) -> JSON {
        .members(
            ("what", .string(item.what)),
            ("step", .words(item.step)),
            ("build", .words(item.build)),
            ("commit", .words(item.commit)),
            ("since", .words(item.since?.rfc3339)),
            ("before", .span(seconds: item.before)),
            ("after", .span(seconds: item.after)),
            ("confidence", .share(item.confidence)),
            ("ongoing", .bool(item.isOn))
        )
    }

    private static func slowStep(_ step: ReportSlowStep) -> JSON {
        .members(
            ("step", .string(step.step)),
            ("place", .words(step.place)),
            ("runs", .whole(max(0, step.runs))),
            ("median", .span(seconds: step.median)),
            ("p95", .span(seconds: step.p95)),
            ("total", .span(seconds: step.total)),
            ("hitRate", .share(step.hitRate))
        )
    }

    private static func bottleneck(_ item: ReportBottleneck) -> JSON {
        .members(("what", .string(item.what)), ("detail", .string(item.detail)), ("share", .share(item.share)))
    }

    private static func pressure(_ pressure: ReportPressure) -> JSON {
        .members(
            ("processor", .share(pressure.processor)),
            ("memory", .share(pressure.memory)),
            ("disk", .share(pressure.disk)),
            ("remark", .words(pressure.remark))
        )
    }
}
