import CaissonInsights
import CaissonReporting

// The steps of both builds side by side; those in which nothing differs are folded.
extension ComparisonText {
    func writeSteps(_ lines: inout WordLines) {
        let steps = comparison.steps
        guard !steps.isEmpty else { return }
        lines.heading("Steps")
        let told = steps.filter { !$0.isUnchanged }
        let growths = told.map { WordLines.Piece(WordFigures.growth($0.growth), WordFigures.look($0.growth)) }
        var table = WordTable()
        let titles = told.map { $0.title(isShort: lines.isNarrow) }
        table.add(WordTable.Column(head: "STEP", cells: titles, fate: .cut(least: 20)))
        for (head, cells) in [("A", told.map { $0.cell($0.first) }), ("B", told.map { $0.cell($0.second) })] {
            table.add(WordTable.Column(head: head, cells: cells, isNumber: true))
        }
        table.add(WordTable.Column(head: "DIFFERENCE", cells: growths, fate: .leftOut(1), isNumber: true))
        table.add("NOTE", told.map(\.note), .leftOut(2))
        lines.table(table)
        let same = steps.count - told.count
        guard same > 0 else { return }
        lines.wrap("\(WordFigures.steps(same)) \(same == 1 ? "is" : "are") the same", look: .faint)
    }
}

extension StepComparison {
    /// Whether nothing is to be told of it; that the engine took another order is nothing.
    fileprivate var isUnchanged: Bool {
        guard let first, let second, first.outcome == second.outcome else { return false }
        let growth = growth ?? .zero
        let least = BuildComparison.leastTold
        return growth < least && growth > .zero - least && !hasOtherBase
    }

    fileprivate var hasOtherBase: Bool {
        guard let digest = first?.baseDigest, let other = second?.baseDigest else { return false }
        return digest != other
    }

    /// Its name, with a sign before that of one which only one build has.
    fileprivate func title(isShort: Bool) -> WordLines.Piece {
        let name = WordFigures.name((second ?? first)?.name ?? identity, isShort: isShort)
        if first == nil { return WordLines.Piece("+ \(name)", .good) }
        return second == nil ? WordLines.Piece("- \(name)", .bad) : WordLines.Piece("  \(name)")
    }

    fileprivate var note: String {
        if first == nil { return "added" }
        if second == nil { return "removed" }
        return [hasOtherBase ? "other base" : nil, isMoved ? "moved" : nil].compactMap(\.self).joined(separator: ", ")
    }

    /// Its time in one of the builds, or how it came out.
    fileprivate func cell(_ figures: Figures?) -> WordLines.Piece {
        guard let figures else { return WordLines.Piece("") }
        switch figures.outcome {
        case .cached: return WordLines.Piece("CACHED", .faint)
        case .ran: return WordLines.Piece(WordFigures.span(figures.duration))
        case .failed: return WordLines.Piece("FAILED", .bad)
        case .unfinished: return WordLines.Piece("broken", .warning)
        case .waiting: return WordLines.Piece("none", .faint)
        }
    }
}
