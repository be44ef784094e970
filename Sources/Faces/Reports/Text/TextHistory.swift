import CaissonBuildModel
import CaissonReporting

/// Builds over time as rows of bars: a bar is the median of the builds in its stretch.
enum TextHistory {
    static func write(_ page: ReportPage, _ sheet: inout TextSheet) {
        guard !page.points.isEmpty else { return }
        let history = History(page.points)
        sheet.heading("Builds over time")
        let cells = min(max(4, sheet.width - 2), 100)
        durations(history, cells, &sheet)
        rates(history, cells, target: page.totals?.targetRate ?? 0.8, &sheet)
        guard let first = history.points.first, let last = history.points.last else { return }
        let count = Figure.count(page.points.count, "build")
        sheet.wrap("\(count) from \(Figure.minute(first.time)) to \(Figure.minute(last.time)) UTC", look: .faint)
        if history.hidden > 0 { sheet.wrap("\(Figure.count(history.hidden, "older build")) not shown.", look: .faint) }
    }

    private static func durations(_ history: History, _ cells: Int, _ sheet: inout TextSheet) {
        let value = { (point: ReportPoint) in Figure.bounded(point.duration) }
        let spans = history.points.compactMap(value)
        guard let least = spans.min(), let most = spans.max() else { return }
        let scale = DurationScale(spans)
        let medians = medians(history, cells, value)
        let powers = scale.isByPowers ? ", by powers" : ""
        sheet.wrap("How long they took: \(Figure.span(least)) to \(Figure.span(most))\(powers)")
        sheet.line(TextSheet.Piece("  "), TextSheet.Piece(TextBars.spark(medians.map { $0.map(scale.place) }), .good))
    }

    private static func rates(_ history: History, _ cells: Int, target: Double, _ sheet: inout TextSheet) {
        let value = { (point: ReportPoint) in Figure.share(point.hitRate) }
        let rates = history.points.compactMap(value)
        guard !rates.isEmpty else { return }
        let met = rates.count { $0 >= (Figure.share(target) ?? 0.8) }
        let words = "\(Figure.count(met)) of \(Figure.count(rates.count, "build")) meet \(Figure.percent(target))"
        sheet.wrap("How much came from the cache: \(words)")
        sheet.line(TextSheet.Piece("  "), TextSheet.Piece(TextBars.spark(medians(history, cells, value)), .good))
    }

    /// The median of a value in each of `cells` stretches; nil where a stretch has none.
    private static func medians(_ history: History, _ cells: Int, _ value: (ReportPoint) -> Double?) -> [Double?] {
        let count = min(cells, history.isByTime ? cells : history.points.count)
        var stretches = [[Double]](repeating: [], count: max(1, count))
        for (point, place) in zip(history.points, history.places) {
            guard let value = value(point) else { continue }
            stretches[min(max(Int(place * Double(stretches.count)), 0), stretches.count - 1)].append(value)
        }
        return stretches.map { $0.isEmpty ? nil : $0.sorted()[$0.count / 2] }
    }
}
