import CaissonSecrets
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import CaissonRegistry

/// One build on one engine, from the first connection to what follows the last step.
struct EngineBuild: Sendable {
    let engine: Engine
    let request: BuildRequest
    let scope: BuildScope

    /// Makes a build of a scope.
    init(_ engine: Engine, _ request: BuildRequest, _ scope: BuildScope) {
        self.engine = engine
        self.request = request
        self.scope = scope
    }

    /// Who is told of it.
    var events: StepTracker { scope.events }
    /// Its reference on the engine.
    var ref: String { scope.ref }

    /// Runs the build.
    func run() async throws -> BuildResult {
        let start = ContinuousClock.now
        var result = try await engine.connected(
            tar: { kind, dockerd in try await SessionlessBuild(self, kind: kind, endpoint: dockerd.endpoint).run() },
            needsWorkers: request.needsWorkers,
            buildKit: { connection in try await build(connection) }
        )
        result.statistics.duration = ContinuousClock.now - start
        return result
    }

    private func build(_ connection: EngineConnection) async throws -> BuildResult {
        let features = connection.features
        try checkPolicy()
        let missing = emulationNotices(features)
        try request.checkMirrors()
        try await checkResources(connection)
        let rotation = try SecretRotation(request)
        let plan = try ExportPlan(request, features: features)
        let caches = try CachePlan(request, features: features, environment: engine.options.environment)
        let inputs = try ServedFiles(request)
        let attributes = try attributes(features, inputs, rotation)
        let remarks = [scope.secrets.notice.map { FieldMessage($0) }, plan.notice].compactMap(\.self)
        announce(features, remarks + (missing + rotation.warnings(for: request)).map { FieldMessage($0) })
        let run = SolveRun(
            build: self,
            client: connection.client,
            features: features,
            stores: caches.stores,
            openSession: connection.openSession
        )
        caches.warnings.forEach(run.warn)
        let pipe = try ImageLoadPipe.open(plan)
        var job = SolveJob(inputs: inputs, attributes: attributes, plan: plan, pipe: pipe)
        job.layout = try plan.layoutDirectory.map { ServedLayout(try ImageLayout.create($0), isWritable: true) }
        job.ref = ref
        job.exports = caches.destinations
        job.imports = caches.sources
        let whole = job
        let (response, ref) = try await withLoad(pipe) { try await SolveAttempts(run: run).build(whole) }
        var result = BuildResult(ref: ref, exporterResponse: response)
        result.readDigests(plan: plan, features: features)
        try await follow(plan, &result)
        result.statistics = events.statistics
        if measures(result) { await measure(&result, isStored: plan.storesImage, connection) }
        return result
    }

    /// The front end's options: those of the request come before those of this machine.
    private func attributes(
        _ features: EngineFeatures,
        _ files: ServedFiles,
        _ rotation: SecretRotation
    ) throws -> [String: String] {
        var attributes = try request.frontendAttributes(for: features)
        let options = engine.options
        let secrets = try rotation.attributes(scope.secrets, environment: options.environment, home: options.home)
        for more in [files.attributes, secrets, try proxyAttributes()] { attributes.merge(more) { own, _ in own } }
        return attributes
    }

    /// The proxies that docker's configuration has for all builds; the user's own arguments come before them.
    private func proxyAttributes() throws -> [String: String] {
        let proxies = try engine.options.credentials.proxyArguments(for: engine.address)
        return request.proxyAttributes(proxies)
    }

    /// Tells that the build begins, and what its user should know before.
    private func announce(_ features: EngineFeatures, _ notices: [FieldMessage]) {
        events.receive(.attempt(BuildAttempt(on: "\(features.name) at \(engine.address)", limit: request.retries + 1)))
        for notice in notices { events.receive(.notice(notice)) }
    }

    private func measures(_ result: BuildResult) -> Bool {
        switch request.imageMeasurement {
        case .never: false
        case .whenMade: (result.digest ?? result.imageID) != nil && events.hasRunSteps
        case .always: true
        }
    }

    /// Finds out how large the image is: in dockerd's store, else as a registry or an archive has it.
    private func measure(_ result: inout BuildResult, isStored: Bool, _ connection: EngineConnection) async {
        let isPacked = connection.features.hasContainerdStore || !isStored
        var size: ImageSize?
        if isPacked, let digest = result.digest {
            // A figure that is missing fails no build.
            size = try? await withDeadline(BuildRecordReader.patience) {
                try await BuildRecordReader(client: connection.client).size(of: digest)
            } error: {
                BuildError(.deadlineExceeded, "the engine doesn't answer")
            }
        }
        if size == nil, isStored, case .dockerd(let dockerd) = engine.driver, let id = result.imageID {
            size = await ImageSize.ask(id, at: dockerd.endpoint)
            // What containerd's store tells is the size of the packed layers and of what lists them.
            size?.isPacked = isPacked
        }
        result.statistics.imageSize = size?.size
        result.statistics.layers = size?.layers
        result.statistics.isImageSizePacked = size?.isPacked ?? false
    }

    private func checkPolicy() throws(BuildError) {
        guard let policy = request.sourcePolicy else { return }
        do {
            try SourcePolicy.check(policy, file: RequestField.sourcePolicy.rawValue)
        } catch {
            throw BuildError(error)
        }
    }
}

extension BuildRequest {
    /// Whether a build needs the engine's platforms or addresses, which an old dockerd isn't asked for without need.
    var needsWorkers: Bool { !platforms.isEmpty || extraHosts.contains(where: \.isGateway) }
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
