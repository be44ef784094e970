import BuildKit
import BuildModel
import Glibc
import HTTPClient

/// One build on one engine, from the first connection to what follows the last step.
struct EngineBuild: Sendable {
    let engine: Engine
    let request: BuildRequest
    let events: StepTracker
    let secrets: SecretStore
    let masking: MaskingSink?
    let ref = Session.makeID()

    /// Runs the build.
    func run() async throws -> BuildResult {
        switch engine.driver {
        case .dockerd(let dockerd):
            let control = try await dockerd.openControl()
            return try await withBuildKit(over: control.stream) { client in
                let workers = try await engine.greeting { try await client.workers() }
                let features = EngineFeatures(dockerd: control.version, workers: workers)
                return try await build(client, features) { session in
                    try await dockerd.openSession(session, version: control.version)
                }
            }
        case .buildkitd(let buildkitd):
            return try await withBuildKit(over: try await buildkitd.openControl()) { client in
                let (version, workers) = try await engine.greeting {
                    (try await client.version(), try await client.workers())
                }
                let features = EngineFeatures(buildkitd: version, workers: workers)
                return try await build(client, features) { _ in .tunnelled }
            }
        }
    }

    private func build(
        _ client: ControlClient,
        _ features: EngineFeatures,
        openSession: (Session) async throws -> SessionTransport
    ) async throws -> BuildResult {
        var attributes = try request.frontendAttributes(for: features)
        let plan = try ExportPlan(request, features: features)
        let inputs = try BuildInputs(request, input: engine.options.standardInput)
        attributes.merge(inputs.attributes) { own, _ in own }
        announce(features, [secrets.notice, plan.notice].compactMap(\.self))

        let pipe = try LoadPipe.open(plan)
        let services = BuildServices(inputs: inputs, plan: plan, pipe: pipe, build: self)
        let solve = SolveRequest(
            ref: ref,
            session: services.session.id,
            frontendAttributes: attributes,
            exporters: plan.exporters,
            entitlements: request.entitlements
        )
        let response = try await withLoad(pipe) {
            // Nothing may come between a session's connection and the build that closes it.
            let transport = try await openSession(services.session)
            do {
                // What the engine keeps of a build holds the output of its steps as it was, and is there to be asked for.
                return try await client.build(solve, session: services.session, over: transport) {
                    masking?.hasMasked ?? false
                } receive: { status in
                    events.receive(.status(status))
                }
            } catch {
                // The engine only quotes what went wrong on this side.
                throw Task.isCancelled ? error : services.failure ?? error
            }
        }
        var result = BuildResult(ref: ref, exporterResponse: response)
        result.readDigests(plan: plan, features: features)
        try await follow(plan, &result)
        return result
    }

    /// Tells that the build begins, and what its user should know before.
    private func announce(_ features: EngineFeatures, _ notices: [String]) {
        events.receive(.started(BuildStart(ref: ref, engine: "\(features.name) at \(engine.address)", time: .now())))
        for notice in notices { events.receive(.notice(notice)) }
    }
}

/// Runs `work`, but not longer than `limit`.
func withDeadline<Value: Sendable>(
    _ limit: Duration,
    _ work: @escaping @Sendable () async throws -> Value,
    error: @escaping @Sendable () -> any Error
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw error()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

extension BuildResult {
    /// Finds the digests among what the exporters said (docker/buildx build/build.go).
    mutating func readDigests(plan: ExportPlan, features: EngineFeatures) {
        let manifest = exporterResponse["containerimage.digest"]
        let config = exporterResponse["containerimage.config.digest"]
        guard features.isDockerd, !features.hasContainerdStore else {
            digest = manifest
            imageID = features.hasContainerdStore ? manifest : config ?? manifest
            return
        }
        // A dockerd without the containerd store has no manifests: what it calls a digest is the config's.
        imageID = config ?? manifest
    }
}

extension Timestamp {
    /// The time by this machine's clock.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
    }
}
