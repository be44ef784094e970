import CaissonBuildModel
import Synchronization

/// An attempt that is under way, as the scheduler sees it: what it tells of itself, and what it is told.
final class AttemptControl: Sendable {
    private struct State {
        /// For how many others it waits: a build of several parts may do so several times.
        var waits = 0
        /// How many of these waits are over but for a place.
        var asking = 0
        var grant: Latch?
        /// Whether the scheduler was told that it waits, and hasn't let it go on.
        var isWaiting = false
        var stop: JobCancellation?
        /// The steps that it has, by their digests.
        var steps: Set<String> = []
        /// What counters have said, by step and counter.
        var counts: [[String]: VertexStatus] = [:]
    }

    let attempt: AttemptID
    private let desk: SchedulerDesk
    private let job: ScheduledJob
    private let stopping = Latch()
    private let state = Mutex(State())

    /// So many counters are told apart, and so many steps known; beyond that counters are learned anew.
    private static let counterLimit = 10_000

    init(_ attempt: AttemptID, of job: ScheduledJob, at desk: SchedulerDesk) {
        self.attempt = attempt
        self.job = job
        self.desk = desk
    }

    /// Why it is stopped; nil where it isn't.
    var stop: JobCancellation? { state.withLock(\.stop) }

    /// Says that it begins.
    func begin() { desk.tell(.began(attempt)) }

    /// Notes that it waits for another, or no longer does.
    func wait(_ isWaiting: Bool) {
        // Told under the lock, here and below, so that the scheduler hears it in the order in which it is.
        state.withLock { state in
            state.waits += isWaiting ? 1 : -1
            if isWaiting { return giveWay(&state) }
            state.asking = max(state.asking - 1, 0)
            if state.waits == 0, state.isWaiting, state.grant == nil { desk.tell(.goesOn(attempt)) }
        }
    }

    private func giveWay(_ state: inout State) {
        guard !state.isWaiting else { return }
        state.isWaiting = true
        desk.tell(.waits(attempt))
    }

    /// Waits for its place, once what it waited for is there.
    ///
    /// Of a build of several parts that wait for others the last one needs the place.
    func resume() async {
        let grant: Latch? = state.withLock { state in
            state.asking += 1
            guard state.asking >= state.waits else { return nil }
            let grant = Latch()
            state.grant = grant
            desk.tell(.goesOn(attempt))
            return grant
        }
        await grant?.wait()
    }

    /// Lets it go on; where a part of it has begun to wait meanwhile, the place is given back.
    func goOn() {
        state.withLock { state in
            state.isWaiting = false
            state.grant?.open()
            state.grant = nil
            if state.waits > state.asking { giveWay(&state) }
        }
    }

    /// Stops it.
    func stop(_ cause: JobCancellation) {
        state.withLock { $0.stop = cause }
        stopping.open()
    }

    /// Waits until it is stopped, or its task is cancelled.
    func stopped() async { await stopping.wait() }

    /// Tells the scheduler of what happened, as far as the attempt's deadlines depend on it.
    func hear(_ kind: BuildEvent.Kind) {
        if case .status(let status) = kind, !status.vertexes.isEmpty {
            state.withLock { state in
                if state.steps.count < Self.counterLimit { state.steps.formUnion(status.vertexes.map(\.digest)) }
            }
        }
        if job.stepTimeout != nil, case .status(let status) = kind { hear(status.vertexes) }
        guard job.silenceTimeout != nil else { return }
        if case .status(let status) = kind, !state.withLock({ Self.isNews(status, &$0) }) { return }
        desk.tell(.heard(attempt))
    }

    /// Whether one of its steps has a digest.
    func has(step digest: String) -> Bool { state.withLock { $0.steps.contains(digest) } }

    private func hear(_ vertexes: [Vertex]) {
        for vertex in vertexes where vertex.started != nil {
            let name = vertex.name.isEmpty ? vertex.digest : vertex.name
            desk.tell(vertex.completed == nil ? .stepStarted(attempt, name) : .stepEnded(attempt, name))
        }
    }

    /// Whether it is more than what is known: that something was counted anew is all that a heartbeat says.
    private static func isNews(_ status: SolveStatus, _ state: inout State) -> Bool {
        var isNews = !status.vertexes.isEmpty || !status.logs.isEmpty || !status.warnings.isEmpty
        if state.counts.count > counterLimit { state.counts = [:] }
        for var count in status.statuses {
            count.timestamp = Timestamp(seconds: 0)
            if state.counts.updateValue(count, forKey: [count.vertex, count.id]) != count { isNews = true }
        }
        return isNews
    }
}
