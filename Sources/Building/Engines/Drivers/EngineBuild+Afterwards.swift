import CaissonBuildKit
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonHTTPClient
import CaissonRegistry

/// What follows the last step, by the engine's own API, told as steps of our own.
extension EngineBuild {
    /// Does what the plan says is to follow.
    func follow(_ plan: ExportPlan, _ result: inout BuildResult) async throws {
        for action in plan.afterwards {
            switch action {
            case .load: break
            case .save(let file): try await save(file, result)
            case .push(let names):
                guard let digest = try await push(names) else { continue }
                result.digest = digest
                // What this exporter called the image's digest is its config's.
                let config = result.exporterResponse["containerimage.digest"]
                result.exporterResponse["containerimage.config.digest"] =
                    result.exporterResponse["containerimage.config.digest"] ?? config
                result.exporterResponse["containerimage.digest"] = digest
            }
        }
    }

    private func save(_ file: CaissonBuildModel.ExportFile, _ result: BuildResult) async throws {
        guard case .dockerd(let dockerd) = engine.driver else { return }
        let names = request.tags.isEmpty ? [result.imageID].compactMap(\.self) : request.tags.map(\.description)
        try await LocalStep.run("exporting the image by dockerd's own API", events) { _ in
            try await withHTTPClient { client in
                try await DockerdImages(endpoint: dockerd.endpoint, client: client).save(names, to: file)
            }
        }
    }

    private func push(_ names: [ImageReference]) async throws -> String? {
        guard case .dockerd(let dockerd) = engine.driver else { return nil }
        return try await withHTTPClient { client in
            var digest: String?
            for name in names {
                let credentials = try await engine.options.credentials.credentials(for: name.domain)
                let images = DockerdImages(endpoint: dockerd.endpoint, client: client)
                digest = try await LocalStep.run("pushing \(name.description) by dockerd's own API", events) { step in
                    try await retrying(Retry(what: "the push of \(name.familiar)", reference: name)) {
                        try await images.push(name, credentials: credentials) { step.tell($0) }
                    }
                }
            }
            return digest
        }
    }

    /// Runs a build whose image goes through the pipe into dockerd.
    func withLoad<Value: Sendable>(_ pipe: ImageLoadPipe?, _ body: () async throws -> Value) async throws -> Value {
        guard let pipe else { return try await body() }
        let environment = engine.options.environment
        return try await withTunnel(try Discovery.docker(environment), variables: environment) { reached in
            let endpoint = try Endpoint(reached)
            // A dockerd that isn't there is found before the build.
            try await dial(endpoint).close()
            return try await loading(pipe, into: endpoint, body)
        }
    }

    private func loading<Value: Sendable>(
        _ pipe: ImageLoadPipe,
        into endpoint: Endpoint,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let loading = LoadOutcome()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { pipe.closeReadEnd() }
                do {
                    try await load(pipe, into: endpoint)
                } catch {
                    loading.fail(error)
                    throw error
                }
            }
            do {
                let value = try await body()
                pipe.closeWriteEnd()
                try await group.waitForAll()
                return value
            } catch {
                // The engine fails when dockerd takes no more: dockerd's reason is the cause then.
                let cause = loading.failure ?? error
                // In this order, so that the load breaks off: at the end of the pipe it would take a half for the whole.
                group.cancelAll()
                pipe.closeWriteEnd()
                throw cause
            }
        }
    }

    private func load(_ pipe: ImageLoadPipe, into endpoint: Endpoint) async throws {
        try await LocalStep.run("loading the image into \(endpoint)", events) { step in
            try await withHTTPClient { client in
                try await DockerdImages(endpoint: endpoint, client: client).load {
                    try await withTaskExecutorPreference(FileExecutor.shared) { try pipe.read() }
                } line: {
                    step.tell($0)
                }
            }
        }
    }
}

/// A step of ours in the build's event stream, so that it looks like the engine's.
struct LocalStep: Sendable {
    private let vertex: Vertex
    private let events: StepTracker

    /// Runs work as a step.
    static func run<Value: Sendable>(
        _ name: String,
        _ events: StepTracker,
        _ work: (LocalStep) async throws -> Value
    ) async throws -> Value {
        var vertex = Vertex(digest: "caisson:\(Session.makeID())", name: name, started: .now)
        events.receive(.status(SolveStatus(vertexes: [vertex])))
        do {
            let value = try await work(LocalStep(vertex: vertex, events: events))
            vertex.completed = .now
            events.receive(.status(SolveStatus(vertexes: [vertex])))
            return value
        } catch {
            vertex.completed = .now
            vertex.error = error is CancellationError ? "context canceled" : String(describing: error)
            events.receive(.status(SolveStatus(vertexes: [vertex])))
            throw error
        }
    }

    /// Tells of an amount that is done.
    func count(_ id: String, _ bytes: Int64) {
        let now = Timestamp.now
        let counter = VertexStatus(
            id: id,
            vertex: vertex.digest,
            current: bytes,
            total: bytes,
            timestamp: now,
            started: now,
            completed: now
        )
        events.receive(.status(SolveStatus(statuses: [counter])))
    }

    /// Passes on a line of dockerd's progress as a counter.
    func tell(_ progress: DockerdProgress) {
        guard let status = progress.status, let id = progress.id else { return }
        let now = Timestamp.now
        let counter = VertexStatus(
            id: "\(id): \(status)",
            vertex: vertex.digest,
            current: progress.progressDetail?.current ?? 0,
            total: progress.progressDetail?.total ?? 0,
            timestamp: now,
            started: now
        )
        events.receive(.status(SolveStatus(statuses: [counter])))
    }
}
