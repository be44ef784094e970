/// The frame of a chart over time: an axis at its left, dates below it.
struct HTMLPlot {
    /// What it shows, in words.
    var label: String
    /// The places of marks from the bottom, 0 to 1, with their texts.
    var ticks: [(Double, String)]
    /// The places of dates from the left, 0 to 1, with their texts.
    var dates: [(place: Double, text: String)]

    /// The height of what is drawn, in pixels.
    private static let height = 220.0

    /// Writes the frame, with what `body` draws in it.
    static func write(_ plot: HTMLPlot, _ html: inout HTMLText, _ body: (inout HTMLText) -> Void) {
        let ticks = plot.ticks.map { (y: HTMLMarks.pixels((1 - $0.0) * height), text: $0.1) }
        html.element("div", ["class": "plot"]) { html in
            html.element("svg", ["class": "scale", "width": "52", "height": "220", "aria-hidden": "true"]) { html in
                for tick in ticks {
                    html.element("text", ["x": "44", "y": tick.y, "dy": "4", "text-anchor": "end"], tick.text)
                }
            }
            html.element(
                "svg",
                ["class": "area", "width": "100%", "height": "220", "role": "img", "aria-label": plot.label]
            ) { html in
                for tick in ticks {
                    html.element("line", ["class": "tick", "x1": "0", "x2": "100%", "y1": tick.y, "y2": tick.y], "")
                }
                body(&html)
            }
            html.element("svg", ["class": "dates", "width": "100%", "height": "20", "aria-hidden": "true"]) { html in
                for (index, date) in plot.dates.enumerated() {
                    let x = HTMLMarks.percent(date.place)
                    let name = index % 2 == 1 ? "odd" : "even"
                    let anchor = HTMLMarks.anchor(date.place)
                    html.element("text", ["x": x, "y": "15", "class": name, "text-anchor": anchor], date.text)
                }
            }
        }
    }

    /// Writes a line through points, whose places are from the left and from the bottom, 0 to 1.
    static func line(_ points: [(Double, Double)], _ html: inout HTMLText) {
        guard points.count > 1 else { return }
        let attributes: HTMLText.Attributes = [
            "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "width": "100%", "height": "220",
        ]
        html.element("svg", attributes) { html in
            let words = points.map { point in
                "\(HTMLMarks.pixels(point.0 * 1000)),\(HTMLMarks.pixels((1 - point.1) * 1000))"
            }
            // Attributes have a bound for texts of peers, which a line of hundreds of points is beyond.
            for start in stride(from: 0, to: words.count - 1, by: 60) {
                let part = words[start...min(start + 60, words.count - 1)].joined(separator: " ")
                html.element("polyline", ["class": "median", "points": part], "")
            }
        }
    }

    /// Writes an entry of a legend.
    static func key(_ name: String, _ text: String, _ html: inout HTMLText) {
        html.element("li") { html in
            html.element("svg", ["width": "20", "height": "12", "aria-hidden": "true"]) { html in
                switch name {
                case "median", "goal":
                    html.element("line", ["class": name, "x1": "0", "x2": "20", "y1": "6", "y2": "6"], "")
                default:
                    let shape = name == "bad" ? "#m-x" : name == "off" ? "#m-d" : "#m-o"
                    html.element("use", ["href": shape, "class": name, "x": "10", "y": "6"], "")
                }
            }
            html.text(text)
        }
    }
}
