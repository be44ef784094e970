package import CaissonBuildModel

/// The way a session reaches the engine.
package enum SessionTransport: Sendable {
    /// Inside the control connection, as buildkitd expects it: `Control.Session`.
    case tunnelled
    /// A connection of its own, as dockerd expects it: `POST /session`.
    case connection(ByteStream)
}

/// What happens to the engine's record of a build that has ended.
package struct RecordUse: Sendable {
    /// Gets what the exporters said of a build that succeeded, and returns that with additions from the record.
    package var supplement: @Sendable ([String: String]) async -> [String: String] = { $0 }
    /// Asked afterwards whether the engine has to remove its record.
    package var isForgotten: @Sendable () -> Bool = { false }

    /// By default the engine keeps its record, and nothing is read from it.
    package init() {}
}

extension ControlClient {
    /// How long the last status updates may take after the build ended.
    private static let statusGrace = Duration.seconds(3)
    /// How long the engine may take to let go of a cancelled build.
    private static let cancelGrace = Duration.milliseconds(1500)

    /// How long the engine may take to remove its record of a build.
    private static let forgetGrace = Duration.seconds(5)

    /// Runs a build: its session, its status and the build itself, until it has ended and every update has come.
    ///
    /// Cancelling the calling task cancels the build on the engine only; session and status go on until the engine has
    /// let go of it, at most 1.5 seconds. This is why the work runs in a task of its own: a child task would be
    /// cancelled at once, and the engine would see a vanished client instead of a cancelled build.
    ///
    /// - Parameters:
    ///   - request: The build.
    ///   - session: Answers the engine's calls.
    ///   - transport: The session's way to the engine.
    ///   - record: What happens to the engine's record of the build.
    ///   - receive: Called with each update of the build's status.
    /// - Returns: What the exporters said.
    /// - Throws: `GRPCError`; with code `cancelled` after a cancellation.
    package func build(
        _ request: SolveRequest,
        session: Session,
        over transport: SessionTransport,
        record: RecordUse = RecordUse(),
        receive: @escaping @Sendable (SolveStatus) -> Void
    ) async throws -> [String: String] {
        if let links = request.links {
            return try await steered(request, links) { request in
                try await build(request, session: session, over: transport, record: record, receive: receive)
            }
        }
        let signal = CancelSignal()
        let work = Task(executorPreference: LoopExecutor.shared) {
            var result = await run(request, session: session, over: transport, signal: signal, receive: receive)
            if case .success(let response) = result {
                result = .success(await supplement(response, record, until: signal))
            }
            if record.isForgotten() { await forget(request.ref) }
            return try result.get()
        }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            signal.fire()
        }
    }

    /// What the exporters said, with the record's additions; without them when the user cancels before the engine
    /// answers.
    private func supplement(
        _ response: [String: String],
        _ record: RecordUse,
        until signal: CancelSignal
    ) async -> [String: String] {
        await withTaskGroup(of: [String: String].self) { group in
            group.addTask { await record.supplement(response) }
            group.addTask {
                await signal.wait()
                return response
            }
            defer { group.cancelAll() }
            return await group.next() ?? response
        }
    }

    /// Removes the engine's record of a build, with its log; engines before BuildKit 0.11 keep none.
    private func forget(_ ref: String) async {
        var request = WireUpdateBuildHistoryRequest()
        request.ref = ref
        request.delete = true
        await withTaskGroup(of: Void.self) { [request] group in
            group.addTask {
                _ = try? await client.unary(
                    "/moby.buildkit.v1.Control/UpdateBuildHistory",
                    request,
                    as: WireUpdateBuildHistoryResponse.self
                )
            }
            group.addTask { try? await Task.sleep(for: Self.forgetGrace) }
            await group.next()
            group.cancelAll()
        }
    }

    private enum Part: Sendable {
        case solved(Result<[String: String], any Error>)
        case statusEnded
        case sessionEnded(any Error)
        case timedOut
    }

    private func run(
        _ request: SolveRequest,
        session: Session,
        over transport: SessionTransport,
        signal: CancelSignal,
        receive: @escaping @Sendable (SolveStatus) -> Void
    ) async -> Result<[String: String], any Error> {
        await withTaskGroup(of: Part.self) { group in
            group.addTask { .sessionEnded(await serve(session, over: transport)) }
            group.addTask { .solved(await solve(request, until: signal)) }
            group.addTask {
                try? await status(ref: request.ref, receive)
                return .statusEnded
            }
            let outcome = await followToEnd(&group, signal)
            group.cancelAll()
            return outcome
        }
    }

    /// Takes the parts' ends until the build as a whole is over.
    private func followToEnd(
        _ group: inout TaskGroup<Part>,
        _ signal: CancelSignal
    ) async -> Result<[String: String], any Error> {
        var progress = BuildProgress()
        while !progress.isOver, let part = await group.next() {
            switch part {
            case .solved(let result):
                progress.result = result
                startTimer(signal.isFired ? Self.cancelGrace : Self.statusGrace, in: &group)
            case .statusEnded: progress.hasStatusEnded = true
            case .sessionEnded(let error):
                progress.sessionError = error
                if progress.result == nil { startTimer(Self.statusGrace, in: &group) }
            case .timedOut: progress.hasTimedOut = true
            }
        }
        return progress.outcome
    }

    private func startTimer(_ duration: Duration, in group: inout TaskGroup<Part>) {
        group.addTask {
            try? await Task.sleep(for: duration)
            return .timedOut
        }
    }

    private func serve(_ session: Session, over transport: SessionTransport) async -> any Error {
        do {
            switch transport {
            case .tunnelled: try await tunnel(session)
            case .connection(let stream): try await session.serve(over: stream)
            }
            return GRPCError(.unavailable, "the engine ended the session")
        } catch {
            return error
        }
    }

    private func solve(_ request: SolveRequest, until signal: CancelSignal) async -> Result<[String: String], any Error>
    {
        await withTaskGroup(of: Result<[String: String], any Error>?.self) { group in
            group.addTask {
                do {
                    return .success(try await solve(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await signal.wait()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if signal.isFired { return .failure(GRPCError(.cancelled, "cancelled")) }
            return first ?? .failure(GRPCError(.cancelled, "cancelled"))
        }
    }
}

/// What is known so far of a running build's parts.
private struct BuildProgress {
    var result: Result<[String: String], any Error>?
    var hasStatusEnded = false
    var sessionError: (any Error)?
    var hasTimedOut = false

    /// The build has ended and all updates have come, or something that was still expected didn't come in time.
    var isOver: Bool { hasTimedOut || (result != nil && hasStatusEnded) }

    var outcome: Result<[String: String], any Error> {
        result ?? .failure(sessionError ?? GRPCError(.unavailable, "the engine broke off the connection"))
    }
}
