import CaissonBuildModel
import CaissonInsights
import CaissonReporting

// The heads of both builds side by side, and why they failed.
extension ComparisonText {
    /// A figure of both builds.
    private struct Row {
        var name: String
        var first: WordLines.Piece
        var second: WordLines.Piece
        var growth: WordLines.Piece

        init(_ name: String, _ first: String, _ second: String, _ growth: WordLines.Piece = .init("")) {
            self.name = name
            (self.first, self.second, self.growth) = (.init(first), .init(second), growth)
        }
    }

    /// How many characters of an id are shown where that many are enough.
    private static let idLength = 12

    func writeHead(_ lines: inout WordLines) {
        let rows = ends + times + counts + sizes
        let shown = rows.filter { !$0.first.text.isEmpty || !$0.second.text.isEmpty }
        var table = WordTable()
        table.add("", shown.map(\.name))
        table.add(WordTable.Column(head: "A", cells: shown.map(\.first)))
        table.add(WordTable.Column(head: "B", cells: shown.map(\.second), fate: .cut(least: 9)))
        table.add(WordTable.Column(head: "DIFFERENCE", cells: shown.map(\.growth), fate: .leftOut(1)))
        lines.table(table)
        for (build, error) in [("A", comparison.errors.first), ("B", comparison.errors.second)] {
            guard let error, !error.isEmpty else { continue }
            lines.wrap(error, lead: .init("\(build) failed: ", .bad))
        }
    }

    private var ends: [Row] {
        let (a, b) = (comparison.ids.first.description, comparison.ids.second.description)
        // As much of them as tells them apart.
        let common = zip(a, b).prefix { $0 == $1 }.count
        let length = a == b ? Self.idLength : max(Self.idLength, common + 1)
        var status = Row("Status", comparison.status.first.word, comparison.status.second.word)
        status.first.look = comparison.status.first.look
        status.second.look = comparison.status.second.look
        return [Row("Build", String(a.prefix(length)), String(b.prefix(length))), status]
    }

    private var times: [Row] {
        // Each build waits for a moment.
        let waits = [comparison.waits.first, comparison.waits.second].contains { ($0 ?? .zero) >= .milliseconds(500) }
        let work = ComparedPair<Duration?>(comparison.work.first, comparison.work.second)
        return (waits ? [row("Waited", comparison.waits)] : [])
            + [row("Duration", comparison.runs), row("All steps", work)]
    }

    private func row(_ name: String, _ pair: ComparedPair<Duration?>) -> Row {
        let growth = pair.growth
        let words = WordLines.Piece(WordFigures.growth(growth), WordFigures.look(growth))
        return Row(name, WordFigures.span(pair.first), WordFigures.span(pair.second), words)
    }

    private var counts: [Row] {
        let (steps, cached) = (comparison.stepCounts, comparison.cachedSteps)
        return [
            Row("Steps", String(steps.first), String(steps.second), .init(Self.growth(steps))),
            Row("Cached", String(cached.first), String(cached.second), .init(Self.growth(cached))),
        ]
    }

    private static func growth(_ counts: ComparedPair<Int>) -> String {
        let (growth, isOver) = counts.second.subtractingReportingOverflow(counts.first)
        return isOver || growth == 0 ? "" : growth > 0 ? "+\(growth)" : "\(growth)"
    }

    private var sizes: [Row] {
        let (a, b) = (comparison.statistics.first, comparison.statistics.second)
        let layers = [a?.layers, b?.layers].map { $0.map(String.init) ?? "" }
        return [
            row("Sent", comparison.traffic.first.sent, comparison.traffic.second.sent),
            row("Pulled", comparison.traffic.first.pulled, comparison.traffic.second.pulled),
            row("Output", comparison.logSizes.first, comparison.logSizes.second),
            row("Image size", a?.imageSize, b?.imageSize),
            Row("Layers", layers.first ?? "", layers.last ?? ""),
        ]
    }

    /// Amounts; where both are none there is no row.
    private func row(_ name: String, _ first: Int64?, _ second: Int64?) -> Row {
        guard (first ?? 0) > 0 || (second ?? 0) > 0 else { return Row(name, "", "") }
        let texts = [first, second].map { $0.map { Figure.bytes($0) } ?? "" }
        let growth = WordFigures.growth(ofBytes: first, second)
        return Row(name, texts.first ?? "", texts.last ?? "", .init(growth))
    }
}

extension BuildStatus {
    /// How the status looks.
    fileprivate var look: WordLines.Look {
        switch self {
        case .succeeded: .good
        case .failed, .timedOut, .interrupted: .bad
        case .cancelled, .skipped: .warning
        case .queued: .faint
        case .running: .plain
        }
    }
}
