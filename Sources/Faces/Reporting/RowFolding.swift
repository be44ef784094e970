/// Which rows are shown where there isn't room for all: what runs before what has ended.
enum RowFolding {
    /// From how many rows on a line of its own tells what isn't shown.
    private static let leastForLine = 3

    /// The rows that fit, in their order; the first line stands for the steps that don't.
    ///
    /// Of rows of the same importance the oldest go first.
    static func fold(_ rows: [TTYRow], toFit limit: Int) -> [TTYRow] {
        var excess = rows.count - max(0, limit)
        guard excess > 0 else { return rows }
        var isKept = [Bool](repeating: true, count: rows.count)
        var folded: [TTYRow] = []
        for importance in Importance.allCases where excess > 0 {
            for place in rows.indices where excess > 0 && Importance(rows[place]) == importance {
                isKept[place] = false
                excess -= 1
                guard rows[place].isStep else { continue }
                if folded.isEmpty, limit >= leastForLine { excess += 1 }
                folded.append(rows[place])
            }
        }
        let kept = zip(rows, isKept).filter(\.1).map(\.0)
        return folded.isEmpty || limit < leastForLine ? kept : [line(for: folded)] + kept
    }

    private static func line(for steps: [TTYRow]) -> TTYRow {
        let running = steps.count(where: \.isRunning)
        let ended = steps.count - running
        let cached = steps.count(where: \.isCached)
        var words: [String] = []
        if ended > 0 { words.append(ended == 1 ? "1 step that ended" : "\(ended) steps that ended") }
        if cached > 0 { words.append("\(cached) cached") }
        if running > 0 { words.append("\(running) more that run") }
        return TTYRow(step: -1, kind: .fold, text: "… " + words.joined(separator: ", "))
    }

    /// How important a row is, the least first.
    private enum Importance: CaseIterable {
        case counterOfEndedStep
        case endedStep
        case endedCounter
        case runningCounter
        case failedStep
        case runningStep

        init(_ row: TTYRow) {
            self =
                switch (row.kind, row.isRunning) {
                case (.failed, _): .failedStep
                case (.counter, _) where row.isOfEndedStep: .counterOfEndedStep
                case (.counter, true): .runningCounter
                case (.counter, false): .endedCounter
                case (_, true): .runningStep
                case (_, false): .endedStep
                }
        }
    }
}
