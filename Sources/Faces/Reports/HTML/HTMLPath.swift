import CaissonBuildModel

/// The critical path of the build in focus, as a list with waits.
enum HTMLPath {
    /// The most steps of the path that are listed.
    private static let limit = 100

    static func write(_ build: ReportBuild, _ html: inout HTMLText) {
        guard !build.path.isEmpty else { return }
        let steps = Dictionary(build.steps.map { ($0.number, $0) }) { first, _ in first }
        let waits = build.path.reduce(0.0) { $0 + (Figure.bounded($1.wait) ?? 0) }
        let work = build.path.reduce(0.0) { $0 + (steps[$1.step]?.seconds ?? 0) }
        html.element("section", ["aria-labelledby": "path"]) { html in
            html.element("h2", ["id": "path"], "Critical path")
            let count = Figure.count(build.path.count, "step")
            let waited = waits > 0 ? "\(Figure.span(waits)) of waits" : "no waits"
            let sum = "\(count), \(Figure.span(work)) of work and \(waited)"
            html.element("p", sum + ": a build gets faster only where this chain gets shorter.")
            html.element("ol", ["class": "chain"]) { html in
                for part in build.path.prefix(limit) {
                    write(part, steps[part.step], of: max(work + waits, 0.001), &html)
                }
            }
            let hidden = build.path.count - limit
            if hidden > 0 { html.element("p", ["class": "hint"], "\(Figure.count(hidden, "later step")) not listed.") }
        }
    }

    private static func write(
        _ part: ReportBuild.PathPart,
        _ step: ReportStep?,
        of total: Double,
        _ html: inout HTMLText
    ) {
        let wait = Figure.bounded(part.wait) ?? 0
        let reason = part.reason.map { " for \($0)" } ?? ""
        html.element("li") { html in
            if wait > 0 {
                html.element("p", ["class": "gap"], "waited \(Figure.span(wait))\(reason)")
            }
            html.element("p", ["class": "link"]) { html in
                html.element("span", ["class": "number"], "\(part.step)")
                html.element("code") { $0.text(step?.text ?? "an unknown step", limit: SafeWords.name) }
                html.element("span", ["class": "time"]) { html in
                    let share = Figure.percent((step?.seconds ?? 0) / total)
                    html.text("\(Figure.span(step?.seconds)) · \(share)")
                }
            }
        }
    }
}
