import CaissonBuildModel

/// One attempt of a node, from its beginning to its end.
struct NodeRun: Sendable {
    /// How it ended.
    struct End: Sendable {
        var attempt: AttemptID
        var outcome: PlanReport.Outcome
    }

    let node: BuildPlan.Node
    let control: AttemptControl
    let engine: any BuildEngine
    let links: BuildLinks
    let events: PlanEvents
    var gate: PlanGate?

    /// Runs it.
    func run() async -> End {
        let place = GatePlace(gate, node) { [events, node] reason in
            events.observer?.hear(node.name, .waits(reason))
        }
        let outcome = await attempt(place)
        place.end()
        guard case .expired(let what)? = control.stop, outcome == .cancelled else {
            return End(attempt: control.attempt, outcome: outcome)
        }
        return End(attempt: control.attempt, outcome: .failed(what.error))
    }

    private func attempt(_ place: GatePlace) async -> PlanReport.Outcome {
        do {
            return try await withThrowingTaskGroup(of: PlanReport.Outcome.self) { group in
                group.addTask { try await build(place) }
                group.addTask {
                    await control.stopped()
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch {
            // Stopped along with the others, it isn't the cause.
            if Task.isCancelled || control.stop != nil || error is CancellationError { return .cancelled }
            let failure = error as? BuildError ?? BuildError(.engine, "\(error)")
            return failure.code == .cancelled ? .cancelled : .failed(failure)
        }
    }

    private func build(_ place: GatePlace) async throws -> PlanReport.Outcome {
        // Its time begins behind the gate: that others have the machine is no fault of it.
        if node.question == nil { try await place.take() }
        control.begin()
        events.observer?.hear(node.name, .began(attempt: control.attempt.number))
        let sink = events.sink(of: node, at: control.attempt.job.number, control)
        var request = node.request
        // Two builds of one request need two ids.
        if control.attempt.number > 1 { request.id = nil }
        if let question = node.question {
            return .answered(try await engine.ask(question, about: request, events: sink))
        }
        var batch = BatchPlace(node.name, in: links)
        batch.waits = { isWaiting in
            if isWaiting { place.giveWay() }
            control.wait(isWaiting)
        }
        batch.resumes = {
            await control.resume()
            // Cancelled while it waits: what it goes on with finds that out itself.
            try? await place.take()
        }
        return .succeeded(try await engine.build(request, events: sink, batch: batch))
    }
}

extension RetryPolicy.Cause {
    /// The kind of a failure; nil for those that come again with every attempt.
    init?(_ error: BuildError) {
        switch error.code {
        case .engine: self = .infrastructure
        case .step: self = .step
        case .deadlineExceeded: self = .timeout
        case .usage, .unsupported, .output, .cancelled: return nil
        }
    }
}
