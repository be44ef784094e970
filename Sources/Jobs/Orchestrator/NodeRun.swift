import CaissonBuildModel

/// One node from its beginning to its end: its attempts, and the time they may take.
struct NodeRun: Sendable {
    /// How it ended.
    struct End: Sendable {
        var name: String
        var report: PlanReport.Node
    }

    let node: BuildPlan.Node
    /// Its place in the plan.
    let place: Int
    let engine: any BuildEngine
    let links: BuildLinks
    let events: PlanEvents
    let clock: PlanClock

    /// The longest wait between two attempts, where the first isn't longer.
    private static let longestDelay = Duration.seconds(3600)

    /// Runs it.
    func run() async -> End {
        let begun = clock.now()
        var report = PlanReport.Node(.cancelled)
        report.started = .now
        report.attempts = 1
        report.outcome = await attempt(1)
        while let pause = pause(after: report) {
            do {
                try await clock.sleep(pause)
            } catch {
                report.outcome = .cancelled
                break
            }
            report.attempts += 1
            report.outcome = await attempt(report.attempts)
        }
        report.duration = clock.now() - begun
        return End(name: node.name, report: report)
    }

    private func attempt(_ number: Int) async -> PlanReport.Outcome {
        let watch = NodeWatch(node.policy, clock)
        do {
            guard watch.isNeeded else { return try await build(number, watch) }
            return try await withThrowingTaskGroup(of: PlanReport.Outcome.self) { group in
                group.addTask { try await build(number, watch) }
                group.addTask { throw try await watch.expiry() }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch {
            // Stopped along with the others, it isn't the cause.
            if Task.isCancelled || error is CancellationError { return .cancelled }
            let failure = error as? BuildError ?? BuildError(.engine, "\(error)")
            return failure.code == .cancelled ? .cancelled : .failed(failure)
        }
    }

    private func build(_ number: Int, _ watch: NodeWatch) async throws -> PlanReport.Outcome {
        let sink = events.sink(of: node, at: place, watch)
        var request = node.request
        // Two builds of one request need two ids.
        if number > 1 { request.id = nil }
        if let question = node.question {
            return .answered(try await engine.ask(question, about: request, events: sink))
        }
        var batch = BatchPlace(node.name, in: links)
        batch.waits = watch.wait
        return .succeeded(try await engine.build(request, events: sink, batch: batch))
    }

    /// How long it waits before another attempt, which is told of; nil where there is none.
    private func pause(after report: PlanReport.Node) -> Duration? {
        guard let retry = node.policy.retry, case .failed(let error) = report.outcome,
            let cause = RetryPolicy.Cause(error), retry.causes.contains(cause), report.attempts < retry.attempts,
            links.missing(for: node.name) == nil
        else { return nil }
        links.restart(node.name)
        var next = BuildAttempt(
            again: "the build",
            number: report.attempts + 1,
            limit: retry.attempts,
            reason: error.message
        )
        next.cause = cause
        events.sink(of: node, at: place).tell(.attempt(next))
        let doubled = retry.delay * (1 << min(report.attempts - 1, 20))
        return min(doubled, max(retry.delay, Self.longestDelay))
    }
}

extension RetryPolicy.Cause {
    /// The kind of a failure; nil for those that come again with every attempt.
    fileprivate init?(_ error: BuildError) {
        switch error.code {
        case .engine: self = .infrastructure
        case .step: self = .step
        case .deadlineExceeded: self = .timeout
        case .usage, .unsupported, .output, .cancelled: return nil
        }
    }
}
