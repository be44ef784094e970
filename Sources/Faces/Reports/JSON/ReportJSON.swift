package import CaissonJSON
import CaissonBuildModel
import CaissonReporting

/// The data of a report as JSON, complete: nothing is folded or cut.
///
/// Members that aren't known are left out. Spans are in seconds with three decimals at most, shares from 0 to 1 with
/// four, times in RFC 3339. Texts are as they came: the writer of the JSON has to escape what is invisible.
package enum ReportJSON {
    /// The page as an object.
    package static func value(_ page: ReportPage) -> JSON {
        var object = JSONObject()
        object.add("title", page.title)
        object.add("made", page.made)
        object.add("period", page.period)
        if !page.filters.isEmpty { object.add("filters", .array(page.filters.map { .string($0) })) }
        object.add("totals", page.totals.map(totals))
        object.add("build", page.build.map(ReportJSON.build))
        object.add("builds", page.points, point)
        object.add("recommendations", page.recommendations, recommendation)
        object.add("regressions", page.regressions, regression)
        object.add("slowest", page.slowest, slowStep)
        object.add("bottlenecks", page.bottlenecks, bottleneck)
        object.add("pressure", page.pressure.map(pressure))
        return object.value
    }

    /// The page as a text over several lines, in which control and direction characters are escaped.
    package static func text(_ page: ReportPage) -> String {
        var writer = JSONWriter(.display, indented: true)
        writer.write(value(page))
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    private static func totals(_ totals: ReportTotals) -> JSON {
        var counts = JSONObject()
        for status in BuildStatus.allCases {
            if let count = totals.counts[status] { counts.add(status.rawValue, .number("\(max(0, count))")) }
        }
        var object = JSONObject()
        object.add("builds", counts.value)
        object.add("medianSeconds", seconds: totals.median)
        object.add("p95Seconds", seconds: totals.p95)
        object.add("hitRate", share: totals.hitRate)
        object.add("targetRate", share: totals.targetRate)
        object.add("savedSeconds", seconds: totals.timeSaved)
        return object.value
    }

    private static func point(_ point: ReportPoint) -> JSON {
        var object = JSONObject()
        object.add("id", point.id)
        object.add("started", point.time)
        object.add("seconds", seconds: point.duration)
        object.add("status", point.status.rawValue)
        object.add("hitRate", share: point.hitRate)
        object.add("series", point.series)
        return object.value
    }

    private static func recommendation(_ item: ReportRecommendation) -> JSON {
        var object = JSONObject()
        object.add("action", item.action)
        object.add("evidence", .array(item.evidence.map { .string($0) }))
        object.add("savingSeconds", seconds: item.saving)
        object.add("outcome", item.outcome)
        return object.value
    }

    private static func regression(_ item: ReportRegression) -> JSON {
        var object = JSONObject()
        object.add("what", item.what)
        object.add("step", item.step)
        object.add("build", item.build)
        object.add("commit", item.commit)
        object.add("since", item.since)
        object.add("beforeSeconds", seconds: item.before)
        object.add("afterSeconds", seconds: item.after)
        object.add("confidence", share: item.confidence)
        object.add("isOn", .bool(item.isOn))
        return object.value
    }

    private static func slowStep(_ step: ReportSlowStep) -> JSON {
        var object = JSONObject()
        object.add("step", step.step)
        object.add("place", step.place)
        object.add("runs", .number("\(max(0, step.runs))"))
        object.add("medianSeconds", seconds: step.median)
        object.add("p95Seconds", seconds: step.p95)
        object.add("totalSeconds", seconds: step.total)
        object.add("hitRate", share: step.hitRate)
        return object.value
    }

    private static func bottleneck(_ item: ReportBottleneck) -> JSON {
        var object = JSONObject()
        object.add("what", item.what)
        object.add("detail", item.detail)
        object.add("share", share: item.share)
        return object.value
    }

    private static func pressure(_ pressure: ReportPressure) -> JSON {
        var object = JSONObject()
        object.add("processor", share: pressure.processor)
        object.add("memory", share: pressure.memory)
        object.add("disk", share: pressure.disk)
        object.add("remark", pressure.remark)
        return object.value
    }
}
