import CaissonBuildModel

/// Whose turn it is to be shown in plain text, and what hasn't been printed yet of each step.
struct PlainTurns: Sendable {
    private static let secondsHiddenAtMost = 10.0
    private static let secondsShownAtLeast = 5.0
    private static let secondsBetweenCounts = 5.0
    private static let stepBetweenCounts = 0.05
    private static let bytesHiddenAtMost = 256 * 1024

    /// What hasn't been printed yet of a step.
    struct Fresh: Sendable {
        var counters: Set<Int> = []
        var warnings: [String] = []
        var lines: [LogLine] = []
        var bytes = 0
    }

    /// How much a step has printed since its turn began or since it was last hidden.
    private struct Activity: Sendable {
        var events = 0
        var since: Timestamp
    }

    /// The latest time seen in the events.
    var now = Timestamp(seconds: 0)
    /// The steps that have something to print.
    private(set) var pending: Set<Int> = []
    private var fresh: [Int: Fresh] = [:]
    private var activity: [Int: Activity] = [:]
    private var numbers: [Int: Int] = [:]
    private var printedCounts: [Int: [Int: ProgressCounter]] = [:]

    /// Notes that a step has something new.
    mutating func note(_ index: Int, _ change: (inout Fresh) -> Void = { _ in }) {
        change(&fresh[index, default: Fresh()])
        activity[index, default: Activity(since: now)].events += 1
        pending.insert(index)
    }

    /// Returns what is new of a step, which counts as printed from then on.
    mutating func take(_ index: Int) -> Fresh {
        pending.remove(index)
        return fresh.removeValue(forKey: index) ?? Fresh()
    }

    /// Forgets how active a step was, because its turn is over.
    mutating func reset(_ index: Int) {
        activity[index] = nil
    }

    /// The number under which a step is printed; numbers are given out in the order in which steps are first shown.
    mutating func number(of index: Int) -> Int {
        if let number = numbers[index] { return number }
        numbers[index] = numbers.count + 1
        return numbers.count
    }

    /// The step that should be shown instead of `shown` now; nil to stay.
    func next(among candidates: Set<Int>, shown: Int?, hasEnded: Bool) -> Int? {
        var all = candidates
        if let shown { all.insert(shown) }
        let stats = all.sorted().map { stat(of: $0, isShown: $0 == shown) }
        let speeds = stats.reduce(0) { $0 + $1.speed }
        var best: Stat?
        for stat in stats where stat.isOverdue || best == nil || stat.speed > best?.speed ?? 0 { best = stat }
        if hasEnded || shown == nil { return best?.index }
        if let overdue = stats.first(where: { $0.isOverdue && candidates.contains($0.index) }) { return overdue.index }
        guard let own = stats.first(where: { $0.index == shown }) else { return best?.index }
        // A step that prints most of the text stays longer before another gets its turn.
        let fairShare = Self.secondsShownAtLeast / (1 - own.speed / speeds)
        return fairShare < own.seconds && best?.index != shown ? best?.index : nil
    }

    /// A counter's line; nil when it has moved too little since it was last printed.
    mutating func line(for counter: ProgressCounter, of index: Int, at place: Int) -> String? {
        guard counter.started != nil else { return nil }
        if let last = printedCounts[index]?[place], counter.completed == nil {
            let share = counter.total > 0 ? Double(counter.current &- last.current) / Double(counter.total) : 0
            let seconds = counter.timestamp.seconds(since: last.timestamp)
            guard share >= Self.stepBetweenCounts || seconds >= Self.secondsBetweenCounts else { return nil }
        }
        printedCounts[index, default: [:]][place] = counter
        var line = counter.id
        if let amount = Quantity.progress(counter.current, of: counter.total) { line += " \(amount)" }
        if let seconds = counter.duration(now: counter.timestamp), seconds > 0.01 {
            line += " \(Quantity.decimal(seconds, 1))s"
        }
        return counter.completed == nil ? line : line + " done"
    }

    private struct Stat {
        var index: Int
        var seconds: Double
        var speed: Double
        var isOverdue: Bool
    }

    private func stat(of index: Int, isShown: Bool) -> Stat {
        let activity = activity[index] ?? Activity(since: now)
        let seconds = max(0, now.seconds(since: activity.since))
        let isFull = (fresh[index]?.bytes ?? 0) > Self.bytesHiddenAtMost
        return Stat(
            index: index,
            seconds: seconds,
            speed: Double(activity.events) / max(seconds, 0.001),
            isOverdue: !isShown && (seconds > Self.secondsHiddenAtMost || isFull)
        )
    }
}
