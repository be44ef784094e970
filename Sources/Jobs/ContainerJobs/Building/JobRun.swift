package import CaissonBuildModel
import CaissonText

/// A run of a job on an engine: its steps in one build, and after a failure a further one that brings what they left.
package struct JobRun: Sendable {
    /// The Dockerfile.
    package let dockerfile: JobDockerfile
    /// What is asked of the engine, but for target and exports.
    package let request: BuildRequest
    /// What stands before the steps' names, such as `kernel`.
    package let title: String
    /// How long the steps may take; nil for ever.
    package var timeout: Duration?

    /// Makes a run.
    package init(_ dockerfile: JobDockerfile, _ request: BuildRequest, titled title: String) {
        (self.dockerfile, self.request, self.title) = (dockerfile, request, title)
    }

    /// How long an engine may take to give what a failed run has left.
    private static let patience = Duration.seconds(60)

    /// The build of a stage, whose files go to a directory.
    package func build(of stage: String, to directory: String) -> BuildRequest {
        var build = request
        build.target = stage
        build.exports = [.local(directory: directory, attributes: [:])]
        build.attestations = [Attestation(kind: .provenance, isDisabled: true)]
        return build
    }

    /// Fetches what the steps have no network for; nothing where nothing is to be fetched.
    ///
    /// - Parameter events: Told of the job's steps.
    /// - Throws: `BuildError`, with the job's step in it where one failed; with `deadlineExceeded` where time ran out.
    package func fetch(on engine: JobEngine, events: StepEvents) async throws {
        guard dockerfile.fetch != nil else { return }
        var build = request
        // No file of the context is in it, and the run's own id is that of the steps.
        (build.target, build.network, build.id) = (JobDockerfile.fetched, nil, nil)
        // An engine that is told nothing keeps an image without a name.
        build.exports = [.cacheOnly]
        build.attestations = [Attestation(kind: .provenance, isDisabled: true)]
        do {
            _ = try await within(timeout) { [build] in try await engine.build(build, events) }
        } catch let error as BuildError {
            throw events.told(error)
        }
    }

    /// Runs the steps; what they give goes to a directory.
    ///
    /// - Parameter events: Told of the job's steps.
    /// - Throws: `BuildError`, with the job's step in it where one failed; with `deadlineExceeded` where time ran out.
    package func run(on engine: JobEngine, to directory: String, events: StepEvents) async throws -> BuildResult {
        let build = build(of: JobDockerfile.results, to: directory)
        do {
            return try await within(timeout) { try await engine.build(build, events) }
        } catch let error as BuildError {
            throw events.told(error)
        }
    }

    /// Brings what a run that failed has left: logs and facts, as far as its steps came; and removes it from the engine.
    ///
    /// - Parameter isFailed: Whether there is something to bring.
    /// - Throws: `BuildError` where it can't be brought; what is left on the engine goes all the same.
    package func finish(on engine: JobEngine, to directory: String, isFailed: Bool) async throws {
        let brought: Result<Void, any Error>
        do {
            if isFailed {
                var build = build(of: JobDockerfile.kept, to: directory)
                build.id = nil
                // Nothing of theirs is needed, and one that isn't there may be why the run has failed.
                (build.secrets, build.ssh) = ([], [])
                _ = try await within(Self.patience) { [build] in try await engine.build(build, Unheard()) }
            }
            brought = .success(())
        } catch {
            brought = .failure(error)
        }
        // What can't be removed is found by the engine's own cleaning.
        try? await engine.remove("description~=\(dockerfile.mount)")
        try brought.get()
    }

    /// Calls, but no longer than a limit.
    private func within<Value: Sendable>(
        _ limit: Duration?,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let limit else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return value }
            throw BuildError(
                .deadlineExceeded,
                "the steps took longer than their timeout of \(Timespan(limit)), and were stopped"
            )
        }
    }
}

/// For a build that nobody is shown.
private struct Unheard: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}
