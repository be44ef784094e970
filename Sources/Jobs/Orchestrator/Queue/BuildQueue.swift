public import CaissonBuildModel
import Synchronization

/// Builds that are submitted one by one and run within limits on one builder.
///
/// It lives in a scope, `withBuildQueue`, that ends when its builds have.
///
/// ```swift
/// try await withBuildQueue(on: engine) { queue in
///     let id = try queue.submit(request, as: "app")
///     let result = try await queue.result(of: id)
/// }
/// ```
public final class BuildQueue: Sendable {
    struct State {
        var builds: [BuildID: QueuedBuild] = [:]
        var ids: [JobID: BuildID] = [:]
        /// Those that have ended, the oldest first.
        var ended: [BuildID] = []
        var readers: [Reader] = []
        var arrived = 0
        var isClosed = false

        /// The outlets that are read; those of which the reader has gone are forgotten.
        mutating func outlets() -> [EventOutlet] {
            let outlets = readers.compactMap(\.outlet)
            if outlets.count < readers.count { readers.removeAll { $0.outlet == nil } }
            return outlets
        }
    }

    /// Who reads the events: an outlet goes with its reader.
    struct Reader {
        weak var outlet: EventOutlet?
    }

    let engine: any BuildEngine
    let clock: PlanClock
    let limits: SchedulerLimits
    let desk: SchedulerDesk
    let state = Mutex(State())

    /// So many builds that have ended are remembered.
    static let endedLimit = 1000

    init(_ engine: any BuildEngine, _ limits: SchedulerLimits, _ clock: PlanClock) {
        self.engine = engine
        self.limits = limits
        self.clock = clock
        desk = SchedulerDesk(limits, clock, staysOpen: true)
    }

    /// Lets a build wait for its turn.
    ///
    /// - Parameters:
    ///   - name: What people call it.
    ///   - policy: How urgent it is, how long it may take, what it needs.
    ///   - events: Told of the build, from its beginning to its end.
    /// - Returns: Its id, which is the request's where that has one. A build of that id which has ended is forgotten
    ///   then, and the engine, which may remember it, knows the new one by another.
    /// - Throws: `BuildQueueError.resourceAllocationFailed` where the queue is full, the builder can't have what it
    ///   needs, or a build of that id waits or runs.
    public func submit(
        _ request: BuildRequest,
        as name: String,
        policy: NodePolicy = NodePolicy(),
        events: (any BuildEventSink)? = nil
    ) throws(BuildQueueError) -> BuildID {
        var node = BuildPlan.Node(name, request)
        node.policy = policy
        let id = request.id ?? BuildID()
        let sink = QueuedBuildSink(queue: self, id: id, next: events)
        let told = PlanEvents(sink, isShared: false)
        let job = try enter(node, id, told)
        told.tell(.started(BuildStart(engine: engine.identity.name)), at: .now)
        tell(.submitted(id, name: name))
        if let refusal = desk.submit(ScheduledJob(job.number, node, [:], limits)) {
            let error = BuildQueueError.resourceAllocationFailed(refusal.error)
            end(id, .failed(error))
            throw error
        }
        return id
    }

    /// Takes note of a build, in the place of one of its id that has ended.
    private func enter(_ node: BuildPlan.Node, _ id: BuildID, _ events: PlanEvents) throws(BuildQueueError) -> JobID {
        // A build takes its sink along, of which the end may be anyone's code: not under the lock.
        var former: QueuedBuild?
        defer { withExtendedLifetime(former) {} }
        let entry: Result<JobID, BuildQueueError> = state.withLock { state in
            if let why = state.obstacle(id) { return .failure(.refusal(of: node.name, why)) }
            var node = node
            if state.builds[id] != nil {
                state.ended.removeAll { $0 == id }
                // BuildKit refuses an id for ten seconds after the end of the build that had it.
                node.request.id = nil
            }
            state.arrived += 1
            let job = JobID(state.arrived)
            state.ids[job] = id
            former = state.builds.updateValue(QueuedBuild(job, node, id, events), forKey: id)
            return .success(job)
        }
        return try entry.get()
    }

    /// Cancels a build, whether it waits or runs; one that has ended stays as it is.
    ///
    /// - Throws: `BuildQueueError.buildNotFound`.
    public func cancel(_ id: BuildID) throws(BuildQueueError) {
        desk.tell(.cancelled(try build(id).job))
    }

    /// How far a build is.
    ///
    /// - Throws: `BuildQueueError.buildNotFound`.
    public func status(of id: BuildID) throws(BuildQueueError) -> BuildQueueStatus {
        let build = try build(id)
        var status = build.status
        if case .queued = status.phase { status.phase = .queued(desk.wait(of: build.job)?.description ?? "") }
        return status
    }

    /// The end of a build's output: up to a megabyte.
    ///
    /// - Throws: `BuildQueueError.buildNotFound`.
    public func logs(of id: BuildID) throws(BuildQueueError) -> [VertexLog] { try build(id).log }

    /// The builds that wait or run, in the order in which they came.
    public var active: [BuildQueueStatus] {
        let builds = state.withLock { $0.builds.values.filter { !$0.status.hasEnded } }.sorted { $0.job < $1.job }
        let waits = desk.waits()
        return builds.map { build in
            var status = build.status
            if case .queued = status.phase { status.phase = .queued(waits[build.job]?.description ?? "") }
            return status
        }
    }

    /// Waits until a build has ended.
    ///
    /// - Returns: What came of it.
    /// - Throws: `BuildQueueError`; `CancellationError` where the build or the calling task was cancelled.
    public func result(of id: BuildID) async throws -> BuildResult {
        switch try await build(id).ending.wait() {
        case .succeeded(let result): return result
        case .failed(let error): throw error
        case .cancelled, .queued, .running, nil: throw CancellationError()
        }
    }

    /// What happens to builds from now on, for as long as the sequence or an iterator of it is held.
    ///
    /// - Parameter bound: How many events wait for the reader. Beyond it only the ends of builds wait, as many again,
    ///   so that `2 * bound` is the most; of all others only the number is told. Where a reader is further behind than
    ///   that, `status(of:)` and `result(of:)` say how a build ended.
    public func events(bound: Int = 1000) -> BuildQueueEvents {
        let outlet = EventOutlet(bound: bound)
        state.withLock { state in
            _ = state.outlets()
            if state.isClosed { outlet.end() } else { state.readers.append(Reader(outlet: outlet)) }
        }
        return BuildQueueEvents(outlet: outlet)
    }

    func build(_ id: BuildID) throws(BuildQueueError) -> QueuedBuild {
        guard let build = state.withLock({ $0.builds[id] }) else { throw .buildNotFound(id) }
        return build
    }

    func tell(_ event: BuildQueueEvent) {
        for outlet in state.withLock({ $0.outlets() }) { outlet.tell(event) }
    }
}

/// Hears what the engine says of a build.
private struct QueuedBuildSink: BuildEventSink {
    /// Weak, as the queue has the builds, which have this.
    weak let queue: BuildQueue?
    let id: BuildID
    let next: (any BuildEventSink)?

    func receive(_ event: BuildEvent) {
        if case .status(let update) = event.kind, let queue {
            for news in queue.state.withLock({ $0.builds[id]?.note(update) ?? [] }) { queue.tell(news) }
        }
        next?.receive(event)
    }
}

extension BuildQueue.State {
    /// Why no build of an id can be taken now; nil where one can.
    fileprivate func obstacle(_ id: BuildID) -> String? {
        if isClosed { return "the queue has ended" }
        guard let status = builds[id]?.status, !status.hasEnded else { return nil }
        let what = if case .running = status.phase { "runs" } else { "waits in the queue" }
        return "a build of its id, \(id), \(what) already"
    }
}
