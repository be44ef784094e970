import CaissonBuildModel

/// The first line of the board: how many builds stand how, how much is done, how long the rest takes.
struct BoardHeading {
    private let total: Int
    private let counts: [BuildStatus: Int]
    private let percent: Int
    private let timeLeft: Duration?

    init(_ builds: [BoardBuild], percent: Int, timeLeft: Duration?) {
        total = builds.count
        counts = builds.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        self.percent = percent
        self.timeLeft = timeLeft
    }

    /// The line, in as many words as fit.
    func text(width: Int) -> String {
        let left = timeLeft.map(SpanText.rough)
        let targets = total == 1 ? "1 target" : "\(total) targets"
        let verb = isOver ? "Built" : "Building"
        let long = (left.map { ["about \($0) left"] } ?? [])
        let short = (left.map { ["\($0) left"] } ?? [])
        let forms = [
            ["\(verb) \(targets): \(words(all))", "\(percent) %"] + long,
            ["\(verb) \(total): \(words(all))", "\(percent) %"] + short,
            ["\(verb) \(total): \(words(unhappy))", "\(percent) %"] + short,
            ["\(done)/\(total) \(words(unhappy, saysDone: false))".withoutTrailingBlanks, "\(percent) %"] + short,
            ["\(done)/\(total)", "\(percent) %"],
        ].map { $0.joined(separator: "  ") }
        return forms.first { CellWidth.cells($0) <= width } ?? CellWidth.fit("\(percent) %", width)
    }

    private var isOver: Bool { total > 0 && count([.queued, .running]) == 0 }
    private var done: Int { count([.succeeded]) }

    private typealias Part = (word: String, statuses: [BuildStatus])

    private var all: [Part] { [("running", [.running]), ("waiting", [.queued])] + unhappy }

    private var unhappy: [Part] {
        [("failed", [.failed, .timedOut, .interrupted]), ("skipped", [.skipped]), ("cancelled", [.cancelled])]
    }

    private func words(_ parts: [Part], saysDone: Bool = true) -> String {
        let counted = parts.map { (count($0.statuses), $0.word) }.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return ((saysDone ? ["\(done) done"] : []) + counted).joined(separator: ", ")
    }

    private func count(_ statuses: [BuildStatus]) -> Int { statuses.reduce(0) { $0 + (counts[$1] ?? 0) } }
}
