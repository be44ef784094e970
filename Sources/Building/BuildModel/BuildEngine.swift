/// An engine that builds: dockerd, buildkitd, podman, a builder of several nodes, or a scripted one in tests.
public protocol BuildEngine: Sendable {
    /// Which engine it is, as far as that is known without asking it.
    var identity: EngineIdentity { get }

    /// Asks the engine what it is and what it builds for.
    ///
    /// - Parameter limit: How long the answer may take.
    /// - Throws: `BuildError`, with code `deadlineExceeded` where no answer came in time.
    func facts(within limit: Duration) async throws -> EngineFacts

    /// Runs one build to its end and tells `events` of everything that happens on the way, from `started` to `finished`.
    ///
    /// Cancelling the calling task cancels the build on the engine and waits until the engine has let go of it.
    ///
    /// - Parameter batch: Which target of a batch it is; nil for a build by itself.
    /// - Returns: What the exporters said.
    /// - Throws: `BuildError`, with the code that decides the exit status.
    func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult

    /// Asks the front end about a build instead of running it; `events` are told as of a build.
    ///
    /// - Throws: `BuildError`; with code `unsupported` where the engine's front end doesn't know the question.
    func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer
}

extension BuildEngine {
    /// Runs one build by itself to its end; see `build(_:events:batch:)`.
    public func build(_ request: BuildRequest, events: any BuildEventSink) async throws -> BuildResult {
        try await build(request, events: events, batch: nil)
    }

    /// Whether the engine answers within a time.
    public func health(within limit: Duration) async -> EngineHealth {
        do {
            return .well(try await facts(within: limit))
        } catch let error as BuildError {
            return .ill(error)
        } catch {
            return .ill(BuildError(.engine, "\(error)"))
        }
    }
}

/// A reader of build events: the progress renderer, the history store, the metrics.
public protocol BuildEventSink: Sendable {
    /// Takes the next event. Called from one task at a time, in order; must not block for long.
    func receive(_ event: BuildEvent)
}
