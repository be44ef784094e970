import CaissonBuildModel
import CaissonReporting
import CaissonText

/// The totals, a line each.
enum TextTotals {
    static func write(_ totals: ReportTotals, _ sheet: inout TextSheet) {
        sheet.heading("Totals")
        let counts = BuildStatus.allCases.map { ($0, max(0, totals.counts[$0] ?? 0)) }.filter { $0.1 > 0 }
        let parts = counts.map { "\(Figure.count($0.1)) \($0.0.word)" }.joined(separator: ", ")
        let sum = Figure.count(counts.map(\.1).clampedSum)
        fact("Builds", counts.isEmpty ? sum : "\(sum): \(parts)", &sheet)
        fact("Median time", "\(Figure.span(totals.median)); 95 of 100 within \(Figure.span(totals.p95))", &sheet)
        let rate = "\(Figure.percent(totals.hitRate)), target \(Figure.percent(totals.targetRate))"
        meter("From the cache", totals.hitRate, rate, &sheet)
        fact("Time saved", Figure.span(totals.timeSaved), &sheet)
    }

    /// Adds a name and its value.
    static func fact(_ name: String, _ value: String, _ sheet: inout TextSheet) {
        let cells = sheet.width < 50 ? CellWidth.cells(name) + 2 : 16
        sheet.wrap(value, lead: TextSheet.Piece(TextSheet.filled(name, cells), .faint))
    }

    /// Adds a name and a share with its bar, where there is room for one.
    static func meter(_ name: String, _ share: Double?, _ words: String, _ sheet: inout TextSheet) {
        guard let share = Figure.share(share), sheet.width >= 60 else { return fact(name, words, &sheet) }
        fact(name, TextBars.meter(share, 20) + " " + words, &sheet)
    }
}
