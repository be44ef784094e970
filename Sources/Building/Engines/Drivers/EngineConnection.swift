import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import Synchronization

/// A connection to an engine's BuildKit, and what it said of itself.
struct EngineConnection: Sendable {
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

/// A connection that the builds of a batch use side by side, which saves each of them to connect and to ask.
final class SharedConnection: Sendable {
    // A build has five calls at most at a time, and dockerd takes 250 on one connection. A call that had to wait for its
    // turn might be of the build that all others wait for.
    private static let mostBuilds = 48

    private let connection: EngineConnection
    /// Whether the engine's workers were asked for.
    private let hasWorkers: Bool
    private let builds = Mutex(0)

    init(_ connection: EngineConnection, hasWorkers: Bool) {
        self.connection = connection
        self.hasWorkers = hasWorkers
    }

    /// The connection for one build more; nil where it has broken, or doesn't serve this one.
    fileprivate func take(needsWorkers: Bool) -> EngineConnection? {
        guard connection.client.isOpen, hasWorkers || !needsWorkers else { return nil }
        let hasRoom = builds.withLock { builds in
            guard builds < Self.mostBuilds else { return false }
            builds += 1
            return true
        }
        return hasRoom ? connection : nil
    }

    fileprivate func leave() { builds.withLock { $0 -= 1 } }
}

extension Engine {
    /// Lends the engine with a connection that all builds use which `body` runs; where none can be had, each build makes its
    /// own, and says why it can't.
    func sharing<Value: Sendable>(
        needsWorkers: Bool,
        _ body: (Engine) async throws -> Value
    ) async throws -> Value {
        var isLent = false
        do {
            return try await connected(
                tar: { _, _ in
                    isLent = true
                    return try await body(self)
                },
                needsWorkers: needsWorkers,
                buildKit: { connection in
                    isLent = true
                    var engine = self
                    engine.shared = SharedConnection(connection, hasWorkers: needsWorkers)
                    return try await body(engine)
                }
            )
        } catch  where !isLent && !Task.isCancelled {
            return try await body(self)
        }
    }

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
        if let shared, let connection = shared.take(needsWorkers: needsWorkers) {
            defer { shared.leave() }
            return try await buildKit(connection)
        }
        return try await connecting(needsWorkers, tar, buildKit)
    }

    private func connecting<Value: Sendable>(
        _ needsWorkers: Bool,
        _ tar: (TarEngine, DockerdConnection) async throws -> Value,
        _ buildKit: (EngineConnection) async throws -> Value
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
