import CaissonBuildModel
package import CaissonInsights
package import CaissonReporting

/// How the build cache was used over many builds, for people: what `caisson cache stats` prints.
///
/// Without a grouping there are totals, the images and steps that matter most, and the last days; with one there is a
/// table of that alone. Names come from peers and may hold any characters; control characters don't reach the terminal.
package struct CacheReportText: Sendable {
    let report: CacheReport
    private let grouping: CacheReportGrouping?
    /// How many lines tables have beside the totals, and how many days are shown.
    private static let mostRows = 10
    private static let mostDays = 14
    /// How many lines a table has by itself; the JSON has all.
    private static let mostRowsOfTable = 1000

    /// Takes a report.
    ///
    /// - Parameter grouping: What there is to be a table of; nil for totals and the most important of all.
    package init(_ report: CacheReport, by grouping: CacheReportGrouping? = nil) {
        self.report = report
        self.grouping = grouping
    }

    /// The text, which ends in a line break; no line is wider than the layout.
    package func text(_ layout: TextLayout) -> String {
        var lines = WordLines(layout)
        guard report.builds > 0 else {
            lines.wrap("No builds that have ended are known.")
            return lines.text
        }
        if let grouping {
            write(report.rows(by: grouping, isShort: lines.isNarrow), by: grouping, most: Self.mostRowsOfTable, &lines)
            return lines.text
        }
        writeTotals(&lines)
        let images = report.rows(by: .image, isShort: lines.isNarrow)
        if !images.isEmpty {
            lines.heading("Images")
            write(images, by: .image, most: Self.mostRows, &lines)
        }
        writeSteps(&lines)
        writeDays(&lines)
        return lines.text
    }

    private func writeSteps(_ lines: inout WordLines) {
        let lost = report.steps.filter { $0.counts.misses > 0 }
        guard !lost.isEmpty else { return }
        lines.heading("Steps that cost most")
        let rows = lost.map { CacheReportRow($0, isShort: lines.isNarrow) }
        write(rows, by: .step, most: Self.mostRows, &lines)
        let costliest = report.costliestSteps
        guard let first = costliest.first else { return }
        let others = costliest.count > 1 ? " " + WordFigures.others(costliest.count - 1) : ""
        let verb = costliest.count > 1 ? "keep" : "keeps"
        let name = CellWidth.fit(SafeText.line(WordFigures.name(first.identity)), 60)
        let target = Figure.percent(report.target)
        lines.wrap("“\(name)”\(others) \(verb) the rate below \(target).", look: .warning)
    }

    private func write(
        _ rows: [CacheReportRow],
        by grouping: CacheReportGrouping,
        most: Int,
        _ lines: inout WordLines
    ) {
        guard !rows.isEmpty else { return lines.wrap("There is nothing to tell by \(grouping.rawValue).") }
        // Of days and weeks the last ones matter, of all else the first ones.
        let isTime = grouping == .day || grouping == .week
        let shown = Array(isTime ? rows.suffix(most) : rows.prefix(most))
        let rates = shown.map { WordLines.Piece(Figure.percent($0.counts.rate), look($0.counts.rate)) }
        let bars = shown.map { WordFigures.bar($0.counts.rate, 10, lines.layout) }
        var table = WordTable()
        table.add(grouping.head, shown.map(\.name), .cut(least: 20))
        table.add("BUILDS", shown.map { $0.builds.map { Figure.count($0) } ?? "" }, .leftOut(3), isNumber: true)
        table.add("HITS", shown.map { Figure.count($0.counts.hits) }, .leftOut(5), isNumber: true)
        table.add("MISSES", shown.map { Figure.count($0.counts.misses) }, .leftOut(2), isNumber: true)
        table.add(WordTable.Column(head: "RATE", cells: rates, isNumber: true))
        table.add("", bars, .leftOut(7))
        table.add("USUAL", shown.map { WordFigures.span($0.median) }, .leftOut(4), isNumber: true)
        table.add("SAVED", shown.map { WordFigures.span($0.times?.saved) }, .leftOut(6), isNumber: true)
        table.add("LOST", shown.map { WordFigures.span($0.times?.lost) }, .leftOut(1), isNumber: true)
        lines.table(table)
        let others = rows.count - shown.count
        if others > 0 { lines.wrap(WordFigures.others(others), look: .faint) }
        let further = report.buildsOfFurtherImages
        if grouping == .image, further > 0 {
            lines.wrap("\(Figure.count(further, "build")) made further images, which aren't told apart", look: .faint)
        }
    }

    private func writeDays(_ lines: inout WordLines) {
        let days = report.days.suffix(Self.mostDays)
        guard !days.isEmpty else { return }
        lines.heading("Days")
        let cells = min(max((lines.width ?? 80) - 34, 0), 40)
        let bars = days.map { day in
            WordLines.Piece(WordFigures.bar(day.counts.rate, cells, lines.layout), look(day.counts.rate))
        }
        var table = WordTable()
        table.add("", days.map { String($0.start.rfc3339.prefix(10)) })
        table.add(WordTable.Column(head: "", cells: bars, fate: .leftOut(2)))
        table.add("", days.map { Figure.percent($0.counts.rate) }, isNumber: true)
        table.add("", days.map { Figure.count($0.builds, "build") }, .leftOut(1), isNumber: true)
        lines.table(table)
    }

    /// How a rate looks beside the wanted one.
    func look(_ rate: Double?) -> WordLines.Look {
        guard let rate else { return .faint }
        return rate >= report.target ? .good : .warning
    }
}
