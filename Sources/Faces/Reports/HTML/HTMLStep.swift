import CaissonBuildModel

/// A step's row in the chart, and what it opens to.
enum HTMLStep {
    static func write(_ row: StepChart.Row, _ scale: DurationScale, _ html: inout HTMLText) {
        let step = row.step
        let details: HTMLText.Attributes = step.outcome == .failed ? ["class": "step", "open": ""] : ["class": "step"]
        html.element("details", details) { html in
            html.element("summary", ["class": "row"]) { html in
                html.element("span", ["class": "label"]) { label(row, &$0) }
                bar(row, scale, &html)
                html.element("span", ["class": "time"], row.time)
            }
            html.element("div", ["class": "detail"]) { detail(row, &$0) }
        }
    }

    private static func label(_ row: StepChart.Row, _ html: inout HTMLText) {
        html.element("span", ["class": "number"], "\(row.step.number)")
        if row.isOnPath { html.element("span", ["class": "onpath", "title": "on the critical path"], "◆") }
        html.element("code") { $0.text(row.step.text, limit: SafeWords.name) }
        flags(row.step, &html)
    }

    private static func flags(_ step: ReportStep, _ html: inout HTMLText) {
        switch step.outcome {
        case .failed: html.element("span", ["class": "badge bad"], "✕ failed")
        case .cancelled: html.element("span", ["class": "badge off"], "◇ stopped")
        case .cached: html.element("span", ["class": "badge off"], "cached")
        default: break
        }
        switch step.usual?.verdict {
        case .slower: html.element("span", ["class": "badge warn"], "▲ slower")
        case .faster: html.element("span", ["class": "badge ok"], "▼ faster")
        default: break
        }
    }

    private static func bar(_ row: StepChart.Row, _ scale: DurationScale, _ html: inout HTMLText) {
        let words = sentence(row)
        let attributes: HTMLText.Attributes = [
            "class": "bar", "width": "100%", "height": "20", "role": "img", "aria-label": words,
        ]
        html.element("svg", attributes) { html in
            html.element("title", words)
            html.element("use", ["href": "#grid"], "")
            guard let span = row.span else { return }
            let start = scale.place(span.lowerBound)
            // A rectangle without width isn't drawn at all, not even its outline.
            let width = max(scale.place(span.upperBound) - start, 0.0005)
            let (x, length) = (HTMLMarks.percent(start), HTMLMarks.percent(width))
            if let wait = row.wait, wait > 0 {
                let from = HTMLMarks.percent(scale.place(max(0, span.lowerBound - wait)))
                html.element("line", ["class": "wait", "x1": from, "x2": x, "y1": "10", "y2": "10"], "")
            }
            let name = row.isOpen ? "cancelled" : shape(row.step.outcome)
            html.element("rect", ["class": name, "x": x, "y": "4", "width": length, "height": "12", "rx": "2"], "")
            guard row.isOnPath else { return }
            html.element("rect", ["class": "path", "x": x, "y": "17", "width": length, "height": "2"], "")
        }
    }

    private static func shape(_ outcome: ReportStep.Outcome) -> String {
        switch outcome {
        case .done: "ran"
        case .cached: "cached"
        case .failed: "failed"
        case .cancelled, .running, .waiting: "cancelled"
        }
    }

    /// The bar in words.
    private static func sentence(_ row: StepChart.Row) -> String {
        guard let span = row.span else { return "no times are known" }
        let start = "from \(Figure.span(span.lowerBound))"
        let end = row.isOpen ? ", no end is known" : " to \(Figure.span(span.upperBound)), \(row.time)"
        let wait = row.wait.map { $0 > 0 ? ", after a wait of \(Figure.span($0))" : "" } ?? ""
        return start + end + (row.step.outcome == .cached ? ", from the cache" : "") + wait
    }

    private static func detail(_ row: StepChart.Row, _ html: inout HTMLText) {
        let step = row.step
        html.element("p") { $0.element("code") { $0.text(step.text) } }
        if let error = step.error {
            html.element("p", ["class": "error"]) { html in
                html.element("strong", "Error: ")
                html.text(error)
            }
        }
        let log = SafeWords.log(step.log)
        if !log.isEmpty {
            html.element("pre", ["tabindex": "0", "aria-label": "The last lines of its output"]) { $0.lines(log) }
        }
        html.element("dl", ["class": "facts"]) { html in
            HTMLBuild.fact("Time", sentence(row), &html)
            if let comparison = step.comparison { HTMLBuild.fact("Compared", comparison, &html) }
            if let why = step.why { HTMLBuild.fact(step.outcome == .cached ? "Cache" : "Why it ran", why, &html) }
            for (name, value) in step.usageFigures { HTMLBuild.fact(name.capitalizedFirst, value, &html) }
        }
    }
}

extension String {
    /// The text with a capital letter at its start.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
