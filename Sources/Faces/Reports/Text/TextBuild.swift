import CaissonBuildModel

/// The head of the build in focus, and its critical path.
enum TextBuild {
    static func write(_ build: ReportBuild, _ sheet: inout TextSheet) {
        let name = SafeWords.text(build.names.first ?? build.id, SafeWords.name)
        sheet.heading("Build \(name)")
        TextTotals.fact("Status", "\(build.status.sign) \(build.status.word)", &sheet)
        for (name, value) in build.facts { TextTotals.fact(name, value, &sheet) }
        if let error = build.error { sheet.wrap(error, lead: TextSheet.Piece("Error: ", .bad)) }
    }

    /// Adds the critical path with its waits.
    static func path(_ build: ReportBuild, _ sheet: inout TextSheet) {
        guard !build.path.isEmpty else { return }
        let steps = Dictionary(build.steps.map { ($0.number, $0) }) { first, _ in first }
        sheet.heading("Critical path")
        for part in build.path.prefix(40) {
            if let wait = Figure.bounded(part.wait), wait > 0 {
                let reason = part.reason.map { " for \($0)" } ?? ""
                sheet.wrap("waited \(Figure.span(wait))\(reason)", lead: TextSheet.Piece("     "), look: .warning)
            }
            let step = steps[part.step]
            let time = Figure.span(step?.seconds)
            let text = SafeWords.text(step?.text ?? "an unknown step", SafeWords.name)
            let number = TextSheet.filled("\(part.step)", 4, atEnd: true) + " "
            let room = max(4, sheet.width - 14)
            sheet.line(
                TextSheet.Piece(number, .faint),
                TextSheet.Piece(TextSheet.filled(text, room)),
                TextSheet.Piece(TextSheet.filled(time, 9, atEnd: true))
            )
        }
        let hidden = build.path.count - 40
        if hidden > 0 { sheet.wrap("\(Figure.count(hidden, "later step")) not listed.", look: .faint) }
    }
}
