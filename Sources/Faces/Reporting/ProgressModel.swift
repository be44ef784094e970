package import CaissonBuildModel

/// What is known of a running build: the state from which every display of it is made.
///
/// ```
/// BuildEvent ─▶ apply ─▶ ProgressModel ─▶ TTYRenderer · PlainRenderer · ErrorReport
/// ```
///
/// A pure reducer: the same events give the same state. Its memory is bounded whatever the peer sends. It never reads a
/// clock. Times are those of the events; if `apply(_:receivedAt:)` is told when an event came in, it finds out by how
/// much the engine's clock differs from ours.
package struct ProgressModel: Sendable {
    /// The most steps that are kept.
    package static let stepLimit = 100_000
    /// The most counters that are kept of a step.
    package static let counterLimit = 1000
    /// The most warnings that are kept.
    package static let warningLimit = 10_000

    /// The steps in order of first appearance, hidden ones included.
    package internal(set) var steps: [ProgressStep] = []
    /// The numbers of the started steps in the order in which they started.
    package internal(set) var startOrder: [Int] = []
    /// The warnings, each once.
    package internal(set) var warnings: [VertexWarning] = []
    /// How many warnings came after the limit.
    package internal(set) var droppedWarnings = 0
    /// Messages that belong to no step, safe to print; the last 100.
    package internal(set) var notices: [String] = []
    /// When an engine took the build, and which one.
    package internal(set) var start: Start?
    /// How the build ended; nil while it runs.
    package internal(set) var outcome: BuildOutcome?
    /// What the last event changed.
    package internal(set) var changes = Changes()
    /// By how many seconds our clock is ahead of the engine's.
    package internal(set) var clockLead: Double?
    /// The latest timestamp the engine has sent.
    package internal(set) var latest: Timestamp?

    var indexByDigest: [String: Int] = [:]
    var indexByGroup: [String: Int] = [:]
    var seenWarnings: Set<VertexWarning> = []
    var sources: [SourceInfo: SourceInfo] = [:]
    var platforms = StepPlatforms()

    /// When an engine took the build, and which one.
    package struct Start: Sendable {
        /// The engine as people know it.
        package var engine: String
        /// When it took the build.
        package var time: Timestamp
    }

    /// What one event changed, for renderers that only append.
    package struct Changes: Sendable {
        /// Steps that started, ended, failed or were renamed, in order.
        package internal(set) var steps: [Int] = []
        /// Counters that moved, as step and place within it.
        package internal(set) var counters: [(step: Int, counter: Int)] = []
        /// Lines that were completed.
        package internal(set) var lines: [(step: Int, line: LogLine)] = []
        /// One-line warnings that came, safe to print.
        package internal(set) var warnings: [(step: Int, text: String)] = []
    }

    /// Makes the state before any event.
    package init() {}

    /// Takes in the next event.
    ///
    /// - Parameter received: When it came in, by our clock; nil to treat the engine's clock as ours.
    package mutating func apply(_ event: BuildEvent, receivedAt received: Timestamp? = nil) {
        changes = Changes()
        if let words = event.kind.words { apply(notice: words) }
        switch event.kind {
        case .attempt(let attempt):
            if let engine = attempt.engine { start = Start(engine: engine, time: event.time) }
        case .status(let status):
            apply(status, received)
        case .started, .notice, .context, .artifact: break
        case .finished(let outcome):
            self.outcome = outcome
            for index in startOrder { finishOutput(of: index) }
        }
    }

    /// Takes in what the user should know and no build says.
    mutating func apply(notice text: String) {
        changes = Changes()
        if notices.count >= 100 { notices.removeFirst() }
        notices.append(SafeText.line(text))
    }

    /// How many steps there are to show and how many of them are done; those that failed or were cancelled aren't.
    package var counts: StepCounts {
        var counts = StepCounts()
        for step in steps where !step.isHidden { counts.add(step.phase) }
        return counts
    }

    /// `now` by the engine's clock.
    package func engineTime(_ now: Timestamp) -> Timestamp {
        guard let clockLead else { return now }
        return now.advanced(by: -clockLead)
    }

    /// Seconds since the build started.
    package func elapsed(now: Timestamp) -> Double {
        if let start { return max(0, now.seconds(since: start.time)) }
        guard let first = startOrder.first, let begin = steps[first].intervals.first?.start else { return 0 }
        return max(0, engineTime(now).seconds(since: begin))
    }

    /// The step that the vertex with this digest belongs to.
    package func step(ofVertex digest: String) -> ProgressStep? {
        indexByDigest[digest].map { steps[$0] }
    }

    private mutating func apply(_ status: SolveStatus, _ received: Timestamp?) {
        var groups: [Int] = []
        for vertex in status.vertexes {
            see(vertex.completed ?? vertex.started, received)
            if let group = vertex.group {
                guard let index = apply(vertex, in: group), !groups.contains(index) else { continue }
                groups.append(index)
            } else {
                apply(vertex)
            }
        }
        for index in groups { refreshGroup(index) }
        if !status.vertexes.isEmpty { namePlatforms() }
        for counter in status.statuses {
            see(counter.timestamp, received)
            apply(counter)
        }
        for warning in status.warnings { apply(warning) }
        for log in status.logs {
            see(log.timestamp, received)
            apply(log)
        }
        for index in Set(changes.steps) where steps[index].isCompleted { finishOutput(of: index) }
    }

    /// Keeps the smallest difference of the clocks so far: the event that gave it had the shortest way.
    private mutating func see(_ time: Timestamp?, _ received: Timestamp?) {
        guard let time else { return }
        if latest.map({ $0 < time }) ?? true { latest = time }
        guard let received else { return }
        let lead = received.seconds(since: time)
        clockLead = min(clockLead ?? lead, lead)
    }
}

extension Timestamp {
    /// The timestamp `interval` seconds later.
    package func advanced(by interval: Double) -> Timestamp {
        let bounded = interval.isNaN ? 0 : min(max(interval, -1e12), 1e12)
        let whole = bounded.rounded(.down)
        var nanoseconds = Int64(nanoseconds) + Int64((bounded - whole) * 1e9)
        var seconds = seconds &+ Int64(whole)
        if nanoseconds >= 1_000_000_000 {
            nanoseconds -= 1_000_000_000
            seconds &+= 1
        }
        return Timestamp(seconds: seconds, nanoseconds: Int32(clamping: nanoseconds))
    }
}
