import CaissonBuildModel

/// Builds over time: how long they took, and how much came from the cache.
enum HTMLHistory {
    /// The most marks for durations, and for hit rates.
    private static let marks = (durations: 498, rates: 300)
    /// The most points of a line.
    private static let linePoints = 240
    /// The height of a chart, in pixels.
    private static let height = 220.0

    static func write(_ page: ReportPage, _ html: inout HTMLText) {
        guard !page.points.isEmpty else { return }
        let history = History(page.points)
        html.element("section", ["aria-labelledby": "history"]) { html in
            html.element("h2", ["id": "history"], "Builds over time")
            durations(history, &html)
            rates(history, target: page.totals?.targetRate ?? 0.8, &html)
            for note in notes(history) { html.element("p", ["class": "hint"], note) }
        }
    }

    /// What has to be said of how the builds are shown.
    private static func notes(_ history: History) -> [String] {
        var notes: [String] = []
        if history.hidden > 0 { notes.append("\(Figure.count(history.hidden, "older build")) not shown.") }
        if !history.isByTime { notes.append("The builds stand evenly in their order, as their times lie far apart.") }
        let known = history.points.count { Figure.bounded($0.duration) != nil }
        if known > marks.durations {
            let drawn = history.marks(marks.durations) { Figure.bounded($0.duration) }.count
            let all = Figure.count(known, "build")
            notes.append("\(Figure.count(drawn)) of \(all) are drawn, the extremes among them.")
        }
        return notes
    }

    private static func durations(_ history: History, _ html: inout HTMLText) {
        let value = { (point: ReportPoint) in Figure.bounded(point.duration) }
        let spans = history.points.compactMap(value)
        guard !spans.isEmpty else { return }
        let scale = DurationScale(spans)
        let line = history.runningMedian(linePoints, value)
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("strong", "How long they took")
                legend(history, hasLine: !line.isEmpty, &html)
            }
            let ticks = scale.ticks.map { (scale.place($0), DurationScale.label($0)) }
            let words = "Durations of \(Figure.count(spans.count, "build")), from "
            let range = "\(Figure.span(spans.min())) to \(Figure.span(spans.max()))"
            HTMLPlot.write(HTMLPlot(label: words + range, ticks: ticks, dates: history.dates(5)), &html) { html in
                for index in history.marks(marks.durations, value) {
                    let span = value(history.points[index]) ?? 0
                    mark(history, index, (1 - scale.place(span)) * height, &html)
                }
                HTMLPlot.line(line.map { ($0.place, scale.place($0.value)) }, &html)
            }
        }
    }

    private static func rates(_ history: History, target: Double, _ html: inout HTMLText) {
        let value = { (point: ReportPoint) in Figure.share(point.hitRate) }
        let rates = history.points.compactMap(value)
        guard !rates.isEmpty else { return }
        let target = Figure.share(target) ?? 0.8
        let line = history.runningMedian(linePoints, value)
        html.element("figure") { html in
            html.element("figcaption") { html in
                html.element("strong", "How much came from the cache")
                rateLegend(target: target, hasLine: !line.isEmpty, &html)
            }
            let ticks = [0, 0.25, 0.5, 0.75, 1].map { ($0, Figure.percent($0)) }
            let met = rates.count { $0 >= target }
            let all = Figure.count(rates.count, "build")
            let words = "Shares of steps from the cache; \(met) of \(all) meet the target"
            HTMLPlot.write(HTMLPlot(label: words, ticks: ticks, dates: history.dates(5)), &html) { html in
                for index in history.marks(marks.rates, value) {
                    let share = value(history.points[index]) ?? 0
                    mark(history, index, (1 - share) * height, shape: ("#m-o", "dot"), &html)
                }
                let goal = HTMLMarks.pixels((1 - target) * height)
                html.element("line", ["class": "goal", "x1": "0", "x2": "100%", "y1": goal, "y2": goal], "")
                HTMLPlot.line(line.map { ($0.place, $0.value) }, &html)
            }
        }
    }

    private static func rateLegend(target: Double, hasLine: Bool, _ html: inout HTMLText) {
        html.element("ul", ["class": "legend"]) { html in
            HTMLPlot.key("dot", "a build", &html)
            if hasLine { HTMLPlot.key("median", "running median", &html) }
            HTMLPlot.key("goal", "target \(Figure.percent(target))", &html)
        }
    }

    private static func mark(
        _ history: History,
        _ index: Int,
        _ y: Double,
        shape: (shape: String, name: String)? = nil,
        _ html: inout HTMLText
    ) {
        let point = history.points[index]
        let (shape, name) = shape ?? HTMLMarks.mark(point.status)
        let x = HTMLMarks.percent(history.places[index])
        html.element("use", ["href": shape, "class": name, "x": x, "y": HTMLMarks.pixels(y)]) { html in
            html.element("title") { html in
                let words = [
                    SafeWords.text(point.id, 60), point.series.map { SafeWords.text($0, 60) },
                    Figure.time(point.time), point.status.word, Figure.span(point.duration),
                    point.hitRate.map { "\(Figure.percent($0)) cached" },
                ]
                html.text(words.compactMap(\.self).joined(separator: " · "))
            }
        }
    }

    private static func legend(_ history: History, hasLine: Bool, _ html: inout HTMLText) {
        let names = Set(history.points.map { HTMLMarks.mark($0.status).name })
        html.element("ul", ["class": "legend"]) { html in
            let entries = [
                ("ok", "succeeded"), ("bad", "failed or timed out"), ("off", "stopped or interrupted"),
                ("on", "not ended"),
            ]
            for (name, text) in entries where names.contains(name) { HTMLPlot.key(name, text, &html) }
            if hasLine { HTMLPlot.key("median", "running median", &html) }
        }
    }
}
