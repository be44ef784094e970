import CaissonBuildModel
import CaissonReports

/// Pages made by someone who means harm.
extension Samples {
    /// A page that has a text in each of its fields.
    static func hostile(_ text: String) -> ReportPage {
        var page = full
        (page.title, page.period, page.filters) = (text, text, [text, text])
        for place in page.points.indices { (page.points[place].id, page.points[place].series) = (text, text) }
        var build = failed.build ?? usualBuild()
        (build.id, build.names, build.engine, build.revision, build.error) = (text, [text, text], text, text, text)
        for place in build.steps.indices {
            build.steps[place].stage = text
            build.steps[place].text = text
            build.steps[place].error = text
            build.steps[place].why = text
            build.steps[place].log = [text, text]
        }
        for place in build.path.indices { build.path[place].reason = text }
        page.build = build
        page.slowest = [ReportSlowStep(step: text, place: text, runs: 1, total: 1)]
        for place in page.regressions.indices {
            page.regressions[place].what = text
            page.regressions[place].step = text
            page.regressions[place].build = text
            page.regressions[place].commit = text
        }
        page.recommendations = [ReportRecommendation(action: text, evidence: [text], saving: 1, outcome: text)]
        page.bottlenecks = [ReportBottleneck(what: text, detail: text, share: 1)]
        page.pressure?.remark = text
        return page
    }

    static var strangeNumbers: ReportPage {
        var page = full
        let numbers = [Double.nan, .infinity, -.infinity, -1, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0]
        for place in page.points.indices {
            page.points[place].duration = numbers[place % numbers.count]
            page.points[place].hitRate = numbers[(place + 1) % numbers.count]
        }
        page.totals?.counts = [.succeeded: .max, .failed: .max, .running: .min]
        page.totals?.median = .nan
        page.totals?.hitRate = .infinity
        page.totals?.targetRate = .nan
        for place in 0..<7 {
            page.build?.steps[place].number = place % 2 == 0 ? .max : .min
            page.build?.steps[place].usual = .init(
                median: numbers[place],
                spread: numbers[6 - place],
                count: .max,
                verdict: .slower
            )
            var usage = ReportStep.Usage()
            (usage.processor, usage.memory, usage.read) = (numbers[place], .min, .max)
            page.build?.steps[place].usage = usage
            page.build?.path.append(.init(step: .max, wait: numbers[place]))
        }
        page.slowest = numbers.map { slow("RUN x", "a", .min, $0, $0) }
        page.regressions = numbers.map { ReportRegression(what: "x", before: $0, after: -$0, isOn: true) }
        page.recommendations = numbers.map { ReportRecommendation(action: "x", evidence: [], saving: $0) }
        page.bottlenecks = numbers.map { ReportBottleneck(what: "x", detail: "y", share: $0) }
        page.pressure?.processor = .nan
        return page
    }
}
