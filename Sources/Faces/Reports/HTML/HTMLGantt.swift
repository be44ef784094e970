import CaissonBuildModel

/// The steps of the build in focus as bars over time, grouped by stages; each opens to what is known of it.
enum HTMLGantt {
    static func write(_ build: ReportBuild, made: Timestamp, _ html: inout HTMLText) {
        guard !build.steps.isEmpty else { return }
        let chart = StepChart(build, made: made)
        let scale = DurationScale(upTo: chart.length, marks: 6)
        html.element("section", ["aria-labelledby": "steps", "class": "gantt"]) { html in
            html.element("h2", ["id": "steps"], "Steps over time")
            legend(chart, &html)
            if chart.groups.reduce(0, { $0 + $1.rows.count }) > 12 { filter(&html) }
            html.element("svg", ["class": "defs", "aria-hidden": "true"]) { grid(scale, &$0) }
            axis(scale, &html)
            for group in chart.groups { stage(group.stage, group.rows, scale, &html) }
            axis(scale, &html)
            for note in chart.notes { html.element("p", ["class": "hint"], note) }
        }
    }

    private static func stage(
        _ name: String?,
        _ rows: [StepChart.Row],
        _ scale: DurationScale,
        _ html: inout HTMLText
    ) {
        html.element("div", ["class": "stage"]) { html in
            html.element("h3") { html in
                html.element("span") { $0.text(name ?? "The engine itself", limit: SafeWords.name) }
                html.element("small", Figure.count(rows.count, "step"))
            }
            for row in rows { HTMLStep.write(row, scale, &html) }
        }
    }

    /// A field that the script brings to life.
    private static func filter(_ html: inout HTMLText) {
        html.element("label", ["class": "filter", "hidden": ""]) { html in
            html.element("span", "Filter steps")
            html.void("input", ["type": "search", "autocomplete": "off", "spellcheck": "false"])
        }
    }

    /// The lines in all rows, which refer to them.
    private static func grid(_ scale: DurationScale, _ html: inout HTMLText) {
        html.element("defs") { html in
            html.element("g", ["id": "grid"]) { html in
                for tick in scale.ticks {
                    let place = HTMLMarks.percent(scale.place(tick))
                    html.element("line", ["class": "tick", "x1": place, "x2": place, "y1": "-6", "y2": "26"], "")
                }
            }
        }
    }

    private static func axis(_ scale: DurationScale, _ html: inout HTMLText) {
        html.element("div", ["class": "row axis", "aria-hidden": "true"]) { html in
            html.element("span", ["class": "label"], "")
            html.element("svg", ["class": "bar", "height": "16", "width": "100%"]) { html in
                for (index, tick) in scale.ticks.enumerated() {
                    let place = scale.place(tick)
                    let name = index % 2 == 1 ? "odd" : "even"
                    let (x, anchor) = (HTMLMarks.percent(place), HTMLMarks.anchor(place))
                    html.element(
                        "text",
                        ["x": x, "y": "12", "class": name, "text-anchor": anchor],
                        DurationScale.label(tick)
                    )
                }
            }
            html.element("span", ["class": "time"], "")
        }
    }

    private static func key(_ name: String, _ text: String, _ html: inout HTMLText) {
        html.element("li") { html in
            html.element("svg", ["width": "26", "height": "12", "aria-hidden": "true"]) { html in
                html.element("rect", ["class": name, "x": "1", "y": "1", "width": "24", "height": "10"], "")
            }
            html.text(text)
        }
    }

    private static func legend(_ chart: StepChart, _ html: inout HTMLText) {
        let rows = chart.groups.flatMap(\.rows)
        var entries = [("ran", "ran"), ("cached", "from the cache")]
        if rows.contains(where: { $0.step.outcome == .failed }) { entries.append(("failed", "failed")) }
        let isStopped = { (row: StepChart.Row) in row.step.outcome == .cancelled || row.isOpen }
        if rows.contains(where: isStopped) { entries.append(("cancelled", "stopped or without an end")) }
        html.element("ul", ["class": "legend", "aria-label": "Legend"]) { html in
            for (name, text) in entries { key(name, text, &html) }
            guard rows.contains(where: \.isOnPath) else { return }
            html.element("li") { html in
                html.element("svg", ["width": "38", "height": "12", "aria-hidden": "true"]) { html in
                    html.element("line", ["class": "wait", "x1": "0", "x2": "14", "y1": "6", "y2": "6"], "")
                    html.element("rect", ["class": "ran", "x": "14", "y": "1", "width": "23", "height": "10"], "")
                    html.element("rect", ["class": "path", "x": "14", "y": "10", "width": "23", "height": "2"], "")
                }
                html.text("◆ on the critical path, with the wait before it")
            }
        }
    }
}
