import CaissonBuildModel
import CaissonText

/// The steps of a build placed in time, by stages, and bounded in number.
struct StepChart {
    /// A step with its place.
    struct Row {
        let step: ReportStep
        /// When it began and ended, in seconds since the chart's start; nil where that isn't known or can't be.
        let span: ClosedRange<Double>?
        /// Whether its end isn't known, so that it is drawn to the end of the chart.
        let isOpen: Bool
        /// The wait before it, where it is on the critical path.
        let wait: Double?

        /// Whether it decided how long the build took.
        var isOnPath: Bool { wait != nil }

        /// The time that a row tells.
        var time: String {
            if let seconds = step.seconds { return Figure.span(seconds) }
            switch step.outcome {
            case .running: return "running"
            case .waiting: return "not begun"
            default: return "–"
            }
        }
    }

    /// A stage with its steps.
    struct Group {
        let stage: String?
        var rows: [Row]
    }

    /// The most steps that are shown.
    static let limit = 200

    /// The stages in the order in which they first appear.
    let groups: [Group]
    /// How long the chart is, in seconds; more than 0.
    let length: Double
    /// How many steps were left out.
    let hidden: Int
    /// How long those took together, in seconds.
    let hiddenSeconds: Double
    /// How many steps have times that can't be, as a clock jumped.
    let misplaced: Int

    /// Places the steps of a build.
    ///
    /// - Parameter made: When the report was made, until when a running build is drawn.
    init(_ build: ReportBuild, made: Timestamp, limit: Int = limit) {
        let window = StepWindow(build, made: made)
        let waits = Dictionary(build.path.map { ($0.step, Figure.bounded($0.wait) ?? 0) }) { first, _ in first }
        let kept = Self.choose(build.steps, limit, isOnPath: { waits[$0.number] != nil })
        var groups: [Group] = []
        var places: [String?: Int] = [:]
        for index in kept {
            let step = build.steps[index]
            let placed = window.place(step)
            let row = Row(step: step, span: placed?.span, isOpen: placed?.isOpen ?? false, wait: waits[step.number])
            if let place = places[step.stage] {
                groups[place].rows.append(row)
            } else {
                places[step.stage] = groups.count
                groups.append(Group(stage: step.stage, rows: [row]))
            }
        }
        self.groups = groups
        length = window.length
        hidden = build.steps.count - kept.count
        let shown = kept.reduce(0.0) { $0 + (build.steps[$1].seconds ?? 0) }
        hiddenSeconds = max(0, build.steps.reduce(0.0) { $0 + ($1.seconds ?? 0) } - shown)
        misplaced = build.steps.count { $0.started != nil && window.place($0) == nil }
    }

    /// What has to be said of steps that aren't shown as they should be.
    var notes: [String] {
        var notes: [String] = []
        if hidden > 0 {
            let steps = Figure.count(hidden, "shorter step")
            notes.append("\(steps) not shown, with \(Figure.span(hiddenSeconds)) together.")
        }
        if misplaced > 0 {
            let steps = Figure.count(misplaced, "step")
            notes.append("The times of \(steps) lie outside of the build: a clock was changed meanwhile.")
        }
        return notes
    }

    /// The places of the steps that matter most, in their order: failed ones, those on the critical path, then the
    /// longest.
    private static func choose(_ steps: [ReportStep], _ limit: Int, isOnPath: (ReportStep) -> Bool) -> [Int] {
        guard steps.count > limit else { return Array(steps.indices) }
        let ranked = steps.enumerated().map { index, step in
            let isFirst = step.outcome == .failed || isOnPath(step)
            return (index: index, rank: isFirst ? Double.infinity : step.seconds ?? 0)
        }
        let sorted = ranked.sorted { ($1.rank, $0.index) < ($0.rank, $1.index) }
        return sorted.prefix(limit).map(\.index).sorted()
    }
}

/// The span of time that a chart of steps shows.
private struct StepWindow {
    /// How far times may be apart where nothing else is known, in seconds.
    private static let farthest = 7 * 86_400.0

    private let origin: Timestamp
    private let limit: Double
    /// How long it is, in seconds; more than 0.
    let length: Double

    /// The span that a build's steps take, without those that a jump of a clock carried far off.
    init(_ build: ReportBuild, made: Timestamp) {
        let starts = build.steps.compactMap(\.started).sorted()
        let middle = starts.isEmpty ? made : starts[starts.count / 2]
        let near = starts.first { middle.seconds(since: $0) <= Self.farthest } ?? middle
        let origin = build.started ?? near
        // A build's own end bounds its steps; clocks of engines may differ a little from ours.
        let limit = build.seconds.map { 1.5 * $0 + 60 } ?? Self.farthest
        var length = min(build.seconds ?? 0, limit)
        for step in build.steps {
            for time in [step.started, step.ended] {
                guard let offset = time?.seconds(since: origin), offset >= 0, offset <= limit else { continue }
                length = max(length, offset)
            }
        }
        let age = made.seconds(since: origin)
        if build.status == .running, age >= 0, age <= limit { length = max(length, age) }
        (self.origin, self.limit) = (origin, limit)
        self.length = max(length, 0.001)
    }

    /// Where a step stands; nil where its times aren't known or can't be.
    func place(_ step: ReportStep) -> (span: ClosedRange<Double>, isOpen: Bool)? {
        guard let started = step.started else { return nil }
        let begin = started.seconds(since: origin)
        guard begin >= -60, begin <= limit else { return nil }
        let start = min(max(begin, 0), length)
        guard let ended = step.ended else { return (start...length, true) }
        let end = ended.seconds(since: origin)
        guard end <= limit, end >= begin - 1 else { return nil }
        return (start...min(max(end, start), length), false)
    }
}
