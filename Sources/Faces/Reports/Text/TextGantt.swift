import CaissonBuildModel
import CaissonReporting

/// The steps of the build in focus as bars over time.
enum TextGantt {
    /// The most steps that are shown.
    private static let limit = 100

    static func write(_ build: ReportBuild, made: Timestamp, _ sheet: inout TextSheet) {
        guard !build.steps.isEmpty else { return }
        let chart = StepChart(build, made: made, limit: limit)
        let scale = DurationScale(upTo: chart.length, marks: 4)
        sheet.heading("Steps over time")
        let legend = [
            "█ ran", "░ from the cache", "▓ failed", "▒ no end", "◆ critical path", "· its waits", "▲ slower",
            "▼ faster",
        ]
        // Signs stay with their words at the end of a line.
        let words = legend.map { entry in String(entry.map { $0 == " " ? "\u{A0}" : $0 }) }
        sheet.wrap(words.joined(separator: " "), look: .faint)
        for group in chart.groups {
            sheet.line(TextSheet.Piece(SafeWords.text(group.stage ?? "The engine itself", SafeWords.name), .bold))
            for row in group.rows {
                write(row, scale, &sheet)
                remarks(row, &sheet)
            }
        }
        sheet.line(TextSheet.Piece("The bars span \(Figure.span(chart.length)).", .faint))
        for note in chart.notes { sheet.wrap(note, look: .faint) }
    }

    /// A row: on narrow terminals its bar stands below its name.
    private static func write(_ row: StepChart.Row, _ scale: DurationScale, _ sheet: inout TextSheet) {
        let isWide = sheet.width >= 60
        let barCells = isWide ? max(16, (sheet.width - 16) * 45 / 100) : sheet.width - 8
        let nameCells = isWide ? sheet.width - barCells - 19 : sheet.width - 17
        let (sign, look) = sign(row.step)
        let number = TextSheet.filled("\(row.step.number)", 4, atEnd: true)
        let name = TextSheet.filled(SafeWords.text(row.step.text, SafeWords.name), max(0, nameCells))
        let time = TextSheet.filled(row.time, 9, atEnd: true)
        let bar = bar(row, scale, barCells)
        var pieces = [
            TextSheet.Piece(number, .faint), TextSheet.Piece(row.isOnPath ? " ◆" : "  ", .warning),
            TextSheet.Piece(sign + " ", look), TextSheet.Piece(name),
        ]
        if isWide { pieces += [TextSheet.Piece(" "), bar] }
        sheet.line(pieces + [TextSheet.Piece(time)])
        if !isWide { sheet.line(TextSheet.Piece("       "), bar) }
    }

    private static func bar(_ row: StepChart.Row, _ scale: DurationScale, _ cells: Int) -> TextSheet.Piece {
        guard let span = row.span else { return TextSheet.Piece(String(repeating: " ", count: max(0, cells))) }
        let place = scale.place(span.lowerBound)...max(scale.place(span.lowerBound), scale.place(span.upperBound))
        let wait = row.wait.map { scale.place(max(0, span.lowerBound - $0)) }
        let fills: [ReportStep.Outcome: String] = [.done: "█", .cached: "░", .failed: "▓"]
        let fill = row.isOpen ? "▒" : fills[row.step.outcome] ?? "▒"
        let look: TextSheet.Look = row.step.outcome == .failed ? .bad : row.step.outcome == .cached ? .faint : .good
        return TextSheet.Piece(TextBars.span(place, waitFrom: wait, cells, fill), look)
    }

    private static func sign(_ step: ReportStep) -> (String, TextSheet.Look) {
        if step.outcome == .failed { return ("✕", .bad) }
        switch step.usual?.verdict {
        case .slower: return ("▲", .warning)
        case .faster: return ("▼", .good)
        default: return (" ", .plain)
        }
    }

    /// What is known of steps that deserve a look: failed, slow or decisive ones.
    private static func remarks(_ row: StepChart.Row, _ sheet: inout TextSheet) {
        let step = row.step
        let lead = TextSheet.Piece("       ")
        if let error = step.error { sheet.wrap(error, lead: lead, look: .bad) }
        for line in SafeWords.log(step.log) { sheet.line(TextSheet.Piece("       │ ", .faint), TextSheet.Piece(line)) }
        guard row.isOnPath || step.outcome == .failed || step.usual?.verdict == .slower else { return }
        if let comparison = step.comparison { sheet.wrap(comparison, lead: lead, look: .faint) }
        if let why = step.why { sheet.wrap(why, lead: lead, look: .faint) }
        let usage = step.usageFigures.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        if !usage.isEmpty { sheet.wrap(usage, lead: lead, look: .faint) }
    }
}
