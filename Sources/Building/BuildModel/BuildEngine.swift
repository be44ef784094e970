/// An engine that builds: dockerd, buildkitd, podman, or a scripted one in tests.
public protocol BuildEngine: Sendable {
    /// Runs one build to its end and tells `events` of everything that happens on the way, `finished` included.
    ///
    /// Cancelling the calling task cancels the build on the engine and waits until the engine has let go of it.
    ///
    /// - Returns: What the exporters said.
    /// - Throws: `BuildError`, with the code that decides the exit status.
    func build(_ request: BuildRequest, events: any BuildEventSink) async throws -> BuildResult
}

/// A reader of build events: the progress renderer, the history store, the metrics.
public protocol BuildEventSink: Sendable {
    /// Takes the next event. Called from one task at a time, in order; must not block for long.
    func receive(_ event: BuildEvent)
}
