import CaissonBuildModel

/// What would make builds faster.
enum HTMLAdvice {
    static func write(_ page: ReportPage, _ html: inout HTMLText) {
        let items = page.recommendations
        guard !items.isEmpty else { return }
        html.element("section", ["aria-labelledby": "advice"]) { html in
            html.element("h2", ["id": "advice"], "Recommendations")
            html.element("ol", ["class": "advice"]) { html in
                for item in items.prefix(HTMLTable.limit) { write(item, &html) }
            }
            let hidden = items.count - HTMLTable.limit
            if hidden > 0 { html.element("p", ["class": "hint"], "\(Figure.count(hidden)) more not shown.") }
        }
    }

    private static func write(_ item: ReportRecommendation, _ html: inout HTMLText) {
        html.element("li") { html in
            html.element("p", ["class": "action"]) { html in
                html.element("strong", item.action)
                guard let saving = Figure.bounded(item.saving), saving > 0 else { return }
                html.element("span", ["class": "badge ok"], "saves \(Figure.span(saving))")
            }
            for text in item.evidence.prefix(8) { html.element("p", ["class": "evidence"], text) }
            if let outcome = item.outcome {
                html.element("p", ["class": "outcome"]) { html in
                    html.element("strong", "Done: ")
                    html.text(outcome)
                }
            }
        }
    }
}

/// How hard the machine was pressed.
enum HTMLPressure {
    static func write(_ pressure: ReportPressure?, _ html: inout HTMLText) {
        guard let pressure else { return }
        let parts = [("Processors", pressure.processor), ("Memory", pressure.memory), ("Disks", pressure.disk)]
            .filter { Figure.share($0.1) != nil }
        guard !parts.isEmpty || pressure.remark != nil else { return }
        html.element("section", ["aria-labelledby": "pressure"]) { html in
            html.element("h2", ["id": "pressure"], "Pressure on the machine")
            html.element("p", "The share of the time in which something waited for it.")
            html.element("dl", ["class": "totals"]) { html in
                for (name, share) in parts { card(name, share, &html) }
            }
            if let remark = pressure.remark { html.element("p", remark) }
        }
    }

    private static func card(_ name: String, _ share: Double?, _ html: inout HTMLText) {
        html.element("div", ["class": "card"]) { html in
            html.element("dt", name)
            html.element("dd") { html in
                html.element("span", ["class": "value"], Figure.percent(share))
                HTMLHead.meter(share, target: nil, &html)
            }
        }
    }
}
