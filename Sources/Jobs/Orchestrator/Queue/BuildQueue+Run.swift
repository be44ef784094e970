public import CaissonBuildModel
import Synchronization

/// Runs a body with a queue of builds, and waits for the builds that it has left.
///
/// Where the body throws, or the calling task is cancelled, all builds are cancelled.
///
/// - Parameters:
///   - engine: What builds.
///   - limits: How much runs at a time, and what goes for builds that don't say otherwise.
///   - clock: What timeouts and pauses are measured by.
public func withBuildQueue<Result: Sendable>(
    on engine: any BuildEngine,
    limits: SchedulerLimits = SchedulerLimits(),
    clock: some Clock<Duration> = ContinuousClock(),
    _ body: (BuildQueue) async throws -> Result
) async rethrows -> Result {
    let queue = BuildQueue(engine, limits, PlanClock(clock))
    async let driven: Void = queue.drive()
    do {
        let result = try await withTaskCancellationHandler {
            try await body(queue)
        } onCancel: {
            queue.desk.tell(.allCancelled)
        }
        queue.close()
        await driven
        return result
    } catch {
        queue.desk.tell(.allCancelled)
        queue.close()
        await driven
        throw error
    }
}

extension BuildQueue {
    /// Takes no more builds.
    fileprivate func close() {
        state.withLock { $0.isClosed = true }
        desk.close()
    }

    /// Does what the scheduler decides until the queue is closed and empty.
    fileprivate func drive() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                await work(&group)
                group.cancelAll()
            }
        } onCancel: {
            desk.tell(.allCancelled)
        }
        for outlet in state.withLock({ $0.outlets() }) { outlet.end() }
    }

    private func work(_ group: inout DiscardingTaskGroup) async {
        while let words = await desk.next() {
            for word in words { heed(word, &group) }
        }
    }

    private func heed(_ word: SchedulerDesk.Word, _ group: inout DiscardingTaskGroup) {
        switch word {
        case .ended(let end): note(end)
        case .decided(.start(let attempt)): start(attempt, &group)
        case .decided(.wake(at: let time)):
            group.addTask { [clock, desk] in
                guard (try? await clock.sleep(time - clock.now())) != nil else { return }
                desk.tell(.timePassed)
            }
        case .decided(let action): heed(action)
        }
    }

    private func heed(_ action: SchedulerAction) {
        switch action {
        case .allocated(let attempt, let needs): with(attempt.job) { tell(.resourcesAllocated($0, needs)) }
        case .released(let attempt, let needs): with(attempt.job) { tell(.resourcesReleased($0, needs)) }
        case .goOn(let attempt): control(attempt)?.goOn()
        case .cancel(let attempt, let cause): control(attempt)?.stop(cause)
        case .end(let job, let ending): with(job) { end($0, phase(of: $0, ending)) }
        case .retry(let attempt, _, after: _): with(attempt.job) { restart($0) }
        case .abandon, .refuse, .start, .wake: break
        }
    }

    private func with(_ job: JobID, _ body: (BuildID) -> Void) {
        if let id = state.withLock({ $0.ids[job] }) { body(id) }
    }

    private func control(_ attempt: AttemptID) -> AttemptControl? {
        let control = state.withLock { state in state.ids[attempt.job].flatMap { state.builds[$0]?.control } }
        return control?.attempt == attempt ? control : nil
    }

    private func restart(_ id: BuildID) {
        state.withLock { $0.builds[id]?.restart() }
    }

    private func start(_ attempt: AttemptID, _ group: inout DiscardingTaskGroup) {
        guard let id = state.withLock({ $0.ids[attempt.job] }), let build = try? build(id) else { return }
        let job = ScheduledJob(build.job.number, build.node, [:], limits)
        let control = AttemptControl(attempt, of: job, at: desk)
        state.withLock { state in
            state.builds[id]?.control = control
            state.builds[id]?.status.phase = .running(attempt: attempt.number)
        }
        tell(.started(id, attempt: attempt.number))
        let links = BuildLinks(dependents: [:])
        let run = NodeRun(node: build.node, control: control, engine: engine, links: links, events: build.events)
        group.addTask { [desk] in desk.note(await run.run()) }
    }

    private func note(_ end: NodeRun.End) {
        if Task.isCancelled { desk.tell(.allCancelled) }
        state.withLock { state in
            guard let id = state.ids[end.attempt.job], state.builds[id]?.control?.attempt == end.attempt else { return }
            state.builds[id]?.outcome = end.outcome
            state.builds[id]?.control = nil
        }
        desk.tell(.ended(end.attempt, end.outcome.attemptEnd))
    }

    private func phase(of id: BuildID, _ ending: JobEnding) -> BuildQueueStatus.Phase {
        let outcome = state.withLock { $0.builds[id]?.outcome }
        switch (ending, outcome) {
        case (.succeeded, .succeeded(let result)?): return .succeeded(result)
        case (.timedOut(let what), _): return .failed(.timeout(after: what.limit, what.error))
        case (.failed, .failed(let error)?): return .failed(BuildQueueError(error))
        default: return .cancelled
        }
    }

    /// Notes how a build ended, and tells of it.
    func end(_ id: BuildID, _ phase: BuildQueueStatus.Phase) {
        guard let build = try? build(id) else { return }
        let (outcome, event) = Self.news(of: id, phase)
        // Its own sink hears it first: from then on the id may be used again, by a build that is told to the same sink.
        build.events.tell(.finished(outcome), at: .now)
        // What is forgotten takes its sink along, of which the end may be anyone's code: not under the lock.
        var forgotten: QueuedBuild?
        defer { withExtendedLifetime(forgotten) {} }
        state.withLock { state in
            state.builds[id]?.end(phase)
            state.ids[build.job] = nil
            state.ended.append(id)
            if state.ended.count > Self.endedLimit {
                forgotten = state.builds.removeValue(forKey: state.ended.removeFirst())
            }
            // Under the lock, so that a next build of its id is told after it.
            for outlet in state.outlets() { outlet.tell(event) }
        }
        build.ending.tell(phase)
    }

    private static func news(
        of id: BuildID,
        _ phase: BuildQueueStatus.Phase
    ) -> (BuildOutcome, BuildQueueEvent) {
        switch phase {
        case .succeeded(let result): (.succeeded(result), .completed(id, result))
        case .failed(let error): (.failed(error.error), .failed(id, error))
        case .cancelled, .queued, .running: (.cancelled, .cancelled(id))
        }
    }
}

extension PlanReport.Outcome {
    /// What a scheduler is told of an attempt that ended so.
    var attemptEnd: AttemptEnd {
        switch self {
        case .succeeded, .answered: .succeeded
        case .failed(let error): .failed(RetryPolicy.Cause(error))
        case .cancelled, .skipped: .stopped
        }
    }
}
