import CaissonBuildModel
import CaissonRegistry

/// Something that the network spoilt and that is to be tried again.
struct Retry: Sendable {
    /// What it is, for the user.
    var what: String
    /// The image or cache that it is about, whose registry may say how long it wants to be left alone.
    var reference: ImageReference?
    /// Whether that registry may be spoken to without TLS.
    var isInsecure = false
}

extension EngineBuild {
    /// Does something by dockerd's own API, and again while the network fails, as often as the build allows.
    func retrying<Value: Sendable>(_ retry: Retry, _ work: () async throws -> Value) async throws -> Value {
        var failures = 0
        while true {
            do {
                return try await work()
            } catch let error as BuildError where NetworkFailure.isPassing(error, steps: events) {
                failures += 1
                guard failures <= request.retries else { throw error }
                try await pause(before: retry, after: failures, reason: NetworkFailure.brief(error.message))
            }
        }
    }

    /// Waits before another try, at least as long as the registry asks for, and says so.
    ///
    /// Engines pass on that a registry is busy, but not for how long: it is asked itself.
    func pause(before retry: Retry, after failures: Int, reason: String) async throws {
        var asked: Duration?
        if NetworkFailure.asksForPatience(reason), let reference = retry.reference {
            var options = RegistryOptions(variables: engine.options.environment, home: engine.options.home)
            if retry.isInsecure { options.insecure.insert(reference.domain) }
            options.connectLimit = .seconds(2)
            options.silenceLimit = .seconds(3)
            asked = try await withRegistryClient(options) { client in await client.wantedPause(reference) }
        }
        let delay = Backoff().delay(after: failures, retryAfter: asked)
        events.receive(
            .attempt(BuildAttempt(again: retry.what, number: failures + 1, limit: request.retries + 1, reason: reason))
        )
        try await Task.sleep(for: delay)
    }
}
