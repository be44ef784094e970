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
        var outlets: [EventOutlet] = []
        var arrived = 0
        var isClosed = false
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
    /// - Returns: Its id, which is the request's where that has one.
    /// - Throws: `BuildQueueError.resourceAllocationFailed` where the queue is full or the builder can't have what it needs.
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
        let job: JobID? = state.withLock { state in
            guard !state.isClosed, state.builds[id] == nil else { return nil }
            state.arrived += 1
            let job = JobID(state.arrived)
            state.ids[job] = id
            state.builds[id] = QueuedBuild(job, node, id, told)
            return job
        }
        guard let job else {
            throw .resourceAllocationFailed(
                BuildError(.usage, "\(name) isn't queued: the queue has ended, or has a build of its id already")
            )
        }
        told.tell(.started(BuildStart(engine: engine.identity.name)), at: .now)
        tell(.submitted(id, name: name))
        if let refusal = desk.submit(ScheduledJob(job.number, node, [:], limits)) {
            let error = BuildQueueError.resourceAllocationFailed(refusal.error)
            end(id, .failed(error))
            throw error
        }
        return id
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
        let ended = try build(id).ended
        await ended.wait()
        switch try build(id).status.phase {
        case .succeeded(let result): return result
        case .failed(let error): throw error
        case .cancelled, .queued, .running: throw CancellationError()
        }
    }

    /// What happens to builds from now on.
    ///
    /// - Parameter bound: How many events wait for the reader; of those beyond it only the number is told, and the builds' ends.
    public func events(bound: Int = 1000) -> BuildQueueEvents {
        let outlet = EventOutlet(bound: bound)
        state.withLock { state in
            if state.isClosed { outlet.end() } else { state.outlets.append(outlet) }
        }
        return BuildQueueEvents(outlet: outlet)
    }

    func build(_ id: BuildID) throws(BuildQueueError) -> QueuedBuild {
        guard let build = state.withLock({ $0.builds[id] }) else { throw .buildNotFound(id) }
        return build
    }

    func tell(_ event: BuildQueueEvent) {
        for outlet in state.withLock({ $0.outlets }) { outlet.tell(event) }
    }
}

/// Hears what the engine says of a build.
private struct QueuedBuildSink: BuildEventSink {
    let queue: BuildQueue
    let id: BuildID
    let next: (any BuildEventSink)?

    func receive(_ event: BuildEvent) {
        if case .status(let update) = event.kind {
            for news in queue.state.withLock({ $0.builds[id]?.note(update) ?? [] }) { queue.tell(news) }
        }
        next?.receive(event)
    }
}
