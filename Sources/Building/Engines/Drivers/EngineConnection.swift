import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient

/// A connection to an engine's BuildKit, and what it said of itself.
struct EngineConnection {
    /// How sessions are opened on an engine.
    typealias SessionOpener = @Sendable (Session) async throws -> SessionTransport

    let client: ControlClient
    let features: EngineFeatures
    /// Its workers, the default first.
    let workers: [Worker]
    /// The engine's own version; empty where it doesn't say.
    let release: String
    let openSession: SessionOpener
}

extension Engine {
    /// Connects and asks what the engine can do.
    ///
    /// - Parameters:
    ///   - tar: What to do with an engine that takes a tar instead of a session.
    ///   - needsWorkers: Whether the engine's platforms and addresses are needed; without them an old dockerd isn't asked,
    ///     which tries all of its emulators for the answer.
    ///   - buildKit: Uses the connection to the engine's BuildKit; it must not be kept.
    func connected<Value: Sendable>(
        tar: (TarEngine, DockerdConnection) async throws -> Value,
        needsWorkers: Bool = true,
        buildKit: (EngineConnection) async throws -> Value
    ) async throws -> Value {
        switch driver {
        case .dockerd(let dockerd):
            let greeting = try await dockerd.greet()
            if let kind = try tarEngine(greeting) {
                greeting.stream.close()
                return try await tar(kind, dockerd)
            }
            let control = try await dockerd.openControl(greeting)
            return try await withBuildKit(over: control.stream) { client in
                let isKnown = !needsWorkers && control.version < EngineFeatures.firstWithContainerdStore
                let workers = isKnown ? [] : try await self.greeting { try await client.workers() }
                return try await buildKit(
                    EngineConnection(
                        client: client,
                        features: EngineFeatures(dockerd: control.version, workers: workers),
                        workers: workers,
                        release: control.release
                    ) { session in try await dockerd.openSession(session, version: control.version) }
                )
            }
        case .buildkitd(let buildkitd):
            guard !options.usesClassicBuilder else { throw noClassicBuilder("buildkitd") }
            return try await withBuildKit(over: try await buildkitd.openControl()) { client in
                let (version, workers) = try await greeting { (try await client.version(), try await client.workers()) }
                return try await buildKit(
                    EngineConnection(
                        client: client,
                        features: EngineFeatures(buildkitd: version, workers: workers),
                        workers: workers,
                        release: version
                    ) { _ in .tunnelled }
                )
            }
        }
    }

    /// The engine that takes a tar: podman, or dockerd where its classic builder was asked for.
    private func tarEngine(_ greeting: DockerdConnection.Greeting) throws -> TarEngine? {
        guard options.usesClassicBuilder else { return greeting.podman }
        if let podman = greeting.podman { throw noClassicBuilder(podman.name) }
        return .classic(greeting.version)
    }

    private func noClassicBuilder(_ name: String) -> BuildError {
        BuildError(
            .unsupported,
            "\(field: .classicBuilder) is for dockerd; \(name) at \(address) has no such builder — leave it out"
        )
    }

    /// An engine's first answer, which must not take long.
    private func greeting<Value: Sendable>(
        _ ask: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await withDeadline(.seconds(20), ask) { [address] in
                BuildError(.deadlineExceeded, "the engine at \(address) doesn't answer — check its log, or restart it")
            }
        } catch let error as GRPCError where error.code != .cancelled {
            throw BuildError(
                .engine,
                "what answers at \(address) is no BuildKit, or it has just stopped: \(error.message) — check the address and "
                    + "the engine's log"
            )
        }
    }
}
