import CaissonInsights
import CaissonReporting
import CaissonText

// The totals, a line each.
extension CacheReportText {
    func writeTotals(_ lines: inout WordLines) {
        let whole = report.whollyCachedBuilds
        let fromCache = whole > 0 ? ", \(Figure.count(whole)) of them wholly from the cache" : ""
        lines.fact("Builds", Figure.count(report.builds) + fromCache)
        let (hits, misses) = (report.counts.hits, report.counts.misses)
        let sum = Figure.count(hits.clampedAdding(misses))
        lines.fact("Steps", "\(sum): \(Figure.count(hits)) from the cache, \(Figure.count(misses)) ran")
        writeRate(&lines)
        let unknown = report.times.unknownHits
        let rest = unknown > 0 ? ", not counting \(Figure.count(unknown, "step")) that never ran" : ""
        lines.fact("Time saved", "\(WordFigures.span(report.times.saved))\(rest)")
        lines.fact("Time lost", "\(WordFigures.span(report.times.lost)) in steps that ran")
        lines.fact("A build took", spans(report.buildSpans, lines.layout))
        lines.fact("A step ran", spans(report.missSpans, lines.layout))
        lines.fact("Not counted", leftOut, look: .faint)
    }

    private func writeRate(_ lines: inout WordLines) {
        guard let rate = report.counts.rate else { return lines.fact("Hit rate", "no step counts") }
        let cells = lines.isNarrow ? 0 : 20
        let bar = WordFigures.bar(rate, cells, lines.layout)
        let words = "\(Figure.percent(rate)), the target is \(Figure.percent(report.target))"
        lines.fact("Hit rate", bar.isEmpty ? words : "\(bar) \(words)", look: look(rate))
        let missing = report.missesTooMany
        guard missing > 0 else { return }
        let hits = missing == 1 ? "1 more hit" : "\(Figure.count(missing)) more hits"
        lines.fact("", "\(hits) would have reached it", look: .faint)
    }

    private func spans(_ spans: CacheSpans?, _ layout: TextLayout) -> String {
        guard let spans else { return "" }
        let sign = layout.drawsUnicode ? "≤" : "<="
        let shares = [("50%", spans.p50), ("90%", spans.p90), ("95%", spans.p95), ("99%", spans.p99)]
        let parts = shares.map { "\($0.0) \(sign)\(WordFigures.span($0.1))" }.joined(separator: ", ")
        return "\(WordFigures.span(spans.average)) on average; \(parts)"
    }

    private var leftOut: String {
        let words: [CacheableWork: String] = [
            .baseImage: "base images", .context: "contexts", .export: "exports", .other: "other work",
        ]
        let parts = CacheableWork.allCases.compactMap { work -> String? in
            guard let name = words[work], let count = report.leftOut[work], count > 0 else { return nil }
            return "\(name) \(Figure.count(count))"
        }
        let broken = report.withoutEnd > 0 ? ["steps without an end \(Figure.count(report.withoutEnd))"] : []
        return (parts + broken).joined(separator: ", ")
    }
}
