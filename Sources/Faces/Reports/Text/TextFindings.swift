import CaissonBuildModel
import CaissonReporting

/// Recommendations, regressions, slow steps, bottlenecks and pressure.
enum TextFindings {
    /// The most entries of a list.
    private static let limit = 20

    static func write(_ page: ReportPage, _ sheet: inout TextSheet) {
        list("Recommendations", page.recommendations, &sheet, recommendation)
        list("What became slower", page.regressions, &sheet, regression)
        list("Slowest steps", page.slowest, &sheet, slowStep)
        list("Bottlenecks", page.bottlenecks, &sheet) { number, item, sheet in
            let share = Figure.share(item.share).map { " (\(Figure.percent($0)) of the time)" } ?? ""
            sheet.wrap("\(SafeWords.text(item.what, SafeWords.name))\(share): \(item.detail)", lead: lead(number))
        }
        if let pressure = page.pressure { write(pressure, &sheet) }
    }

    private static func list<Item>(
        _ heading: String,
        _ items: [Item],
        _ sheet: inout TextSheet,
        _ body: (Int, Item, inout TextSheet) -> Void
    ) {
        guard !items.isEmpty else { return }
        sheet.heading(heading)
        for (index, item) in items.prefix(limit).enumerated() { body(index + 1, item, &sheet) }
        if items.count > limit { sheet.wrap("\(Figure.count(items.count - limit)) more not shown.", look: .faint) }
    }

    private static func lead(_ number: Int) -> TextSheet.Piece {
        TextSheet.Piece(TextSheet.filled("\(number).", 3, atEnd: true) + " ", .faint)
    }

    private static func recommendation(_ number: Int, _ item: ReportRecommendation, _ sheet: inout TextSheet) {
        let saving = Figure.bounded(item.saving).map { $0 > 0 ? " (saves \(Figure.span($0)))" : "" } ?? ""
        sheet.wrap(SafeWords.text(item.action, SafeWords.sentence / 2) + saving, lead: lead(number))
        for text in item.evidence.prefix(8) { sheet.wrap(text, lead: TextSheet.Piece("    "), look: .faint) }
        if let outcome = item.outcome { sheet.wrap("Done: " + outcome, lead: TextSheet.Piece("    "), look: .good) }
    }

    private static func regression(_ number: Int, _ item: ReportRegression, _ sheet: inout TextSheet) {
        let change = Figure.change(item.before, item.after).map { " (\($0))" } ?? ""
        let times = "\(Figure.span(item.before)) → \(Figure.span(item.after))\(change)"
        sheet.wrap("\(SafeWords.text(item.what, SafeWords.name)): \(times)", lead: lead(number))
        if let step = item.step { sheet.wrap(step, lead: TextSheet.Piece("    ")) }
        let facts = [
            item.since.map { "since \(Figure.minute($0))" }, item.commit.map { "commit \(SafeWords.text($0, 40))" },
            item.build.map { "build \(SafeWords.text($0, 40))" },
            Figure.share(item.confidence).map { "\(Figure.percent($0)) sure" },
        ]
        let words = facts.compactMap(\.self).joined(separator: ", ")
        if !words.isEmpty { sheet.wrap(words, lead: TextSheet.Piece("    "), look: .faint) }
        let state = item.isOn ? TextSheet.Piece("! still on", .bad) : TextSheet.Piece("✓ mended", .good)
        sheet.line(TextSheet.Piece("    "), state)
    }

    private static func slowStep(_ number: Int, _ step: ReportSlowStep, _ sheet: inout TextSheet) {
        let place = step.place.map { "\(SafeWords.text($0, SafeWords.name)): " } ?? ""
        let total = TextSheet.filled(Figure.span(step.total), 9, atEnd: true)
        let name = TextSheet.filled(place + SafeWords.text(step.step, SafeWords.name), max(0, sheet.width - 13))
        sheet.line(lead(number), TextSheet.Piece(name), TextSheet.Piece(total))
        let facts = [
            Figure.count(max(0, step.runs), "run"), Figure.bounded(step.median).map { "median \(Figure.span($0))" },
            Figure.bounded(step.p95).map { "95 of 100 within \(Figure.span($0))" },
            Figure.share(step.hitRate).map { "\(Figure.percent($0)) cached" },
        ]
        sheet.wrap(facts.compactMap(\.self).joined(separator: ", "), lead: TextSheet.Piece("    "), look: .faint)
    }

    private static func write(_ pressure: ReportPressure, _ sheet: inout TextSheet) {
        let parts = [("Processors", pressure.processor), ("Memory", pressure.memory), ("Disks", pressure.disk)]
            .filter { Figure.share($0.1) != nil }
        guard !parts.isEmpty || pressure.remark != nil else { return }
        sheet.heading("Pressure on the machine")
        for (name, share) in parts { TextTotals.meter(name, share, Figure.percent(share), &sheet) }
        if let remark = pressure.remark { sheet.wrap(remark) }
    }
}
