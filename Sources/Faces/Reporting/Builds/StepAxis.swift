import CaissonBuildModel

/// The time of a build from left to right, on which each step has a bar.
struct StepAxis {
    private let start: Timestamp
    private let now: Timestamp?
    private let seconds: Double
    private let cells: Int
    private let drawsUnicode: Bool

    /// Makes the axis of some steps.
    ///
    /// - Parameters:
    ///   - now: Up to when steps that haven't ended run, or ran until they were broken off; nil where nobody knows.
    ///   - cells: How many cells a bar may take at most.
    init(_ steps: [StepRecord], now: Timestamp?, cells: Int, drawsUnicode: Bool) {
        let timed = steps.filter { !$0.isCached }
        let starts = timed.compactMap(\.started)
        let runs = timed.contains { $0.started != nil && $0.completed == nil }
        let ends = timed.compactMap(\.completed) + starts + (runs ? [now].compactMap(\.self) : [])
        let first = starts.min() ?? Timestamp(seconds: 0)
        start = first
        self.now = now
        seconds = ends.max().map { $0.seconds(since: first) } ?? 0
        self.cells = max(cells, 0)
        self.drawsUnicode = drawsUnicode
    }

    /// The bar of a step with the blanks around it; blanks alone where it never ran.
    func bar(_ step: StepRecord) -> String {
        let blank = String(repeating: " ", count: cells)
        guard cells > 0, !step.isCached, let began = step.started else { return blank }
        let first = cell(of: began)
        let last = (step.completed ?? now).map(cell) ?? Double(cells)
        // At the axis' end there is room for a thin mark still.
        let from = min(Int(first), cells - 1)
        let length = Int(last.rounded(.up)) - from
        let isThin = last - first < 0.5
        let full = drawsUnicode ? "█" : "="
        let bar = String(repeating: full, count: min(max(length, 1), cells - from))
        let mark = isThin ? (drawsUnicode ? "▏" : "|") : bar
        let left = String(repeating: " ", count: from)
        return left + mark + String(repeating: " ", count: max(0, cells - from - mark.count))
    }

    /// Where a time is, from 0 to the count of cells; an engine's times may be anything.
    private func cell(of time: Timestamp) -> Double {
        guard seconds > 0 else { return 0 }
        let share = time.seconds(since: start) / seconds
        return share.isNaN ? 0 : min(max(share, 0), 1) * Double(cells)
    }
}
