import CaissonBuildModel
import CaissonInsights

/// Finds what held the builds of a report up: waits, a queue, one long step, files that are sent and images that are
/// fetched.
struct BottleneckFinder {
    /// What takes a smaller share of the time, or fewer seconds, isn't told.
    private static let (leastShare, leastSeconds) = (0.05, 1.0)
    /// What is large by its bytes is told from this share of the time on.
    private static let leastWork = 0.01
    /// Of this share on a step alone holds a build up.
    private static let largeStep = 0.5
    /// Contexts and images of so many bytes are large.
    private static let large: Int64 = 50_000_000
    /// The most bytes of a step's name in a sentence.
    private static let longestName = 120
    /// Fewer builds don't make a rule.
    private static let fewestBuilds = 3

    /// What was found, the largest share first; what has none comes last.
    private(set) var bottlenecks: [ReportBottleneck] = []

    private let records: [BuildRecord]
    private let figures: HistoryFigures

    /// Looks at all builds, and at the one in focus.
    init(_ dossiers: [BuildDossier], focus: BuildDossier?, _ figures: HistoryFigures) {
        records = dossiers.map(\.record)
        self.figures = figures
        var found = [queue, context, pulls].compactMap(\.self)
        if let focus { found += Self.path(focus) }
        let ordered = found.enumerated().sorted { one, other in
            let (first, second) = (one.element.share ?? -1, other.element.share ?? -1)
            return first == second ? one.offset < other.offset : first > second
        }
        bottlenecks = ordered.map(\.element)
    }

    private var isOne: Bool { records.count == 1 }

    private var queue: ReportBottleneck? {
        let spans = records.compactMap { record in record.waited.map { ($0.seconds, record.duration?.seconds ?? 0) } }
        let waits = spans.map(\.0).filter { $0 >= Self.leastSeconds }
        let waited = spans.reduce(0) { $0 + $1.0 }
        let share = waited / max(waited + spans.reduce(0) { $0 + $1.1 }, 0.001)
        guard share >= Self.leastShare, let longest = waits.max(), let median = waits.quantile(0.5) else { return nil }
        let detail =
            isOne
            ? "The build waited \(Figure.span(longest)) until it began."
            : "\(Figure.count(waits.count)) of \(Figure.count(records.count, "build")) waited to begin, half of "
                + "these \(Figure.span(median)) or less, the longest \(Figure.span(longest))."
        return ReportBottleneck(what: "Waits to begin", detail: detail, share: share)
    }

    private var context: ReportBottleneck? {
        let sent = records.map(\.traffic.sent).filter { $0 >= Self.large }
        guard isEnough(sent.count), let median = Self.middle(sent) else { return nil }
        let detail =
            isOne
            ? "The build sent \(Figure.bytes(median)) of files to the engine."
            : "\(Figure.count(sent.count)) of \(Figure.count(records.count, "build")) sent large contexts to the "
                + "engine, \(Figure.bytes(median)) as a median."
        return told("Files of the context", detail, share(.context))
    }

    private var pulls: ReportBottleneck? {
        let pulled = records.map(\.traffic.pulled).filter { $0 >= Self.large }
        guard isEnough(pulled.count), let median = Self.middle(pulled) else { return nil }
        let detail =
            isOne
            ? "The build fetched \(Figure.bytes(median)) of layers from registries."
            : "\(Figure.count(pulled.count)) of \(Figure.count(records.count, "build")) fetched layers "
                + "from registries, \(Figure.bytes(median)) as a median."
        return told("Images from registries", detail, share(.baseImage))
    }

    /// Whether so many builds show something often enough: one build speaks for itself, of more it is to be a tenth.
    private func isEnough(_ count: Int) -> Bool {
        isOne ? count == 1 : count >= Self.fewestBuilds && count &* 10 >= records.count
    }

    /// Nothing is told of what hardly took time, however large it was.
    private func told(_ what: String, _ detail: String, _ share: Double?) -> ReportBottleneck? {
        if let share, share < Self.leastWork { return nil }
        return ReportBottleneck(what: what, detail: detail, share: share)
    }

    private func share(_ kind: CacheableWork) -> Double? {
        guard figures.running > 0, let work = figures.work[kind] else { return nil }
        return min(1, work / figures.running)
    }

    /// What held the build in focus up: waits between its steps, and a step that took most of its time.
    private static func path(_ focus: BuildDossier) -> [ReportBottleneck] {
        let path = CriticalPath(focus)
        let span = path.span.seconds
        var found: [ReportBottleneck] = []
        let waiting = path.waiting.seconds
        let worst = path.elements.max { $0.wait < $1.wait }
        if span > 0, waiting >= leastSeconds, waiting / span >= leastShare, let worst {
            let most = Figure.span(worst.wait.seconds)
            let detail =
                "The steps of the critical path waited \(Figure.span(waiting)) in all, \(most) of these "
                + "before step \(worst.step)."
            let share = min(1, waiting / span)
            found.append(ReportBottleneck(what: "Waits between steps", detail: detail, share: share))
        }
        let largest = path.elements.max { $0.share < $1.share }
        guard let largest, largest.share > largeStep, largest.decisive.seconds >= leastSeconds,
            let step = focus.steps.first(where: { $0.number == largest.step })
        else { return found }
        let text = SafeWords.text(StepName(step.name).instruction, longestName)
        let detail = "Step \(step.number) decided over most of the build's time: “\(text)”."
        found.append(ReportBottleneck(what: "One long step", detail: detail, share: min(1, largest.share)))
        return found
    }

    private static func middle(_ bytes: [Int64]) -> Int64? {
        let sorted = bytes.sorted()
        return sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
    }
}
