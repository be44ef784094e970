package import CaissonReporting

/// The report for a terminal.
///
/// Signs and bars tell all that colours tell. No line is wider than the terminal, wide characters counted.
package enum TextReport {
    /// The report's text, each line with a line break after it.
    ///
    /// - Parameters:
    ///   - width: The columns of the terminal; at least 10 are taken for granted.
    ///   - colors: The colours; `.none` for a text without any escape sequence.
    package static func text(_ page: ReportPage, width: Int, colors: ProgressColors = .none) -> String {
        var sheet = TextSheet(width: width, colors: colors)
        head(page, &sheet)
        if let totals = page.totals { TextTotals.write(totals, &sheet) }
        if let build = page.build {
            TextBuild.write(build, &sheet)
            TextGantt.write(build, made: page.made, &sheet)
            TextBuild.path(build, &sheet)
        }
        TextHistory.write(page, &sheet)
        TextFindings.write(page, &sheet)
        return sheet.text
    }

    private static func head(_ page: ReportPage, _ sheet: inout TextSheet) {
        sheet.line(TextSheet.Piece(SafeWords.text(page.title, SafeWords.name), .bold))
        let period = page.period.map { [$0] } ?? []
        let meta = period + ["made \(Figure.minute(page.made)) UTC"] + page.filters.prefix(20)
        sheet.wrap(meta.map { SafeWords.text($0, SafeWords.name) }.joined(separator: " · "), look: .faint)
        for sentence in Highlights.sentences(page) {
            let sign = sentence.isGood.map { $0 ? "✓ " : "! " } ?? "→ "
            let look = sentence.isGood.map { $0 ? TextSheet.Look.good : .bad } ?? .plain
            sheet.wrap(sentence.text, lead: TextSheet.Piece(sign, look))
        }
        if page.totals == nil, page.build == nil, page.points.isEmpty {
            sheet.wrap("There are no builds to report on.")
        }
    }
}
