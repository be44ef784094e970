import BuildKit
import BuildModel
import HTTPClient

/// What a running engine says it can do, for people and scripts to read.
package struct EngineCapabilities: Sendable, Hashable, Encodable {
    /// The engine's name and version.
    package var engine: String
    /// The engine's own version, when it says one.
    package var version: String
    /// Its workers, the default first.
    package var workers: [WorkerFacts]
    /// Platforms it builds for.
    package var platforms: [String]
    /// Where its images are: `docker`, `containerd`, `podman` or `none`.
    package var imageStore: String
    /// Types of `--output` that work on it.
    package var outputs: [String]
    /// Which engine it turned out to be.
    package var kind: EngineKind

    /// A worker and the rules for its cache.
    package struct WorkerFacts: Sendable, Hashable, Encodable {
        /// Its id.
        package var id: String
        /// Its BuildKit's version; empty where it is too old to say.
        package var version: String
        /// What it says of itself.
        package var labels: [String: String]
        /// What is thrown away of its cache when.
        package var policies: [CachePolicy]
    }

    private enum CodingKeys: String, CodingKey {
        case engine
        case version
        case workers
        case platforms
        case imageStore
        case outputs
    }

    /// Asks an engine.
    package static func ask(
        _ selection: EngineSelection,
        environment: [String: String]
    ) async throws -> EngineCapabilities {
        try await withEngine(selection, options: EngineOptions(environment: environment)) { engine in
            try await engine.capabilities()
        }
    }

    /// What podman can do.
    init(podman: TarEngine, platform: String) {
        kind = .podman
        engine = podman.name
        version = ""
        workers = []
        platforms = [platform]
        imageStore = "podman"
        outputs = ["image", "registry", "docker", "oci"]
    }

    init(_ features: EngineFeatures, version: String, workers: [Worker]) {
        kind = features.isDockerd ? .dockerd : .buildkitd
        engine = features.name
        self.version = version
        self.workers = workers.map {
            WorkerFacts(id: $0.id, version: $0.version, labels: $0.labels, policies: $0.policies.map(CachePolicy.init))
        }
        platforms = features.platforms.map(\.description)
        imageStore = features.hasContainerdStore ? "containerd" : features.isDockerd ? "docker" : "none"
        outputs = ["image", "registry", "local", "tar", "docker"] + (features.hasArchiveExporters ? ["oci"] : [])
    }
}

extension Engine {
    /// Connects and finds out what the engine's BuildKit can do.
    ///
    /// - Throws: `BuildError` with code `unsupported` where the engine builds from a tar, for one platform at a time.
    func features() async throws -> EngineFeatures {
        switch driver {
        case .dockerd(let dockerd):
            let reply = try await dockerd.greet()
            guard reply.podman == nil, !options.usesClassicBuilder else {
                reply.stream.close()
                let name = reply.podman?.name ?? "dockerd's classic builder"
                throw BuildError(.unsupported, "\(name) builds for one platform at a time — name a single --platform")
            }
            let control = try await dockerd.openControl(reply)
            return try await withBuildKit(over: control.stream) { client in
                let workers = try await greeting { try await client.workers() }
                return EngineFeatures(dockerd: control.version, workers: workers)
            }
        case .buildkitd(let buildkitd):
            return try await withBuildKit(over: try await buildkitd.openControl()) { client in
                let (version, workers) = try await greeting { (try await client.version(), try await client.workers()) }
                return EngineFeatures(buildkitd: version, workers: workers)
            }
        }
    }

    /// Connects and finds out all that it says of itself.
    func capabilities() async throws -> EngineCapabilities {
        switch driver {
        case .dockerd(let dockerd):
            let reply = try await dockerd.greet()
            if let podman = reply.podman {
                reply.stream.close()
                return EngineCapabilities(podman: podman, platform: try await PodmanInfo.platform(dockerd.endpoint))
            }
            let control = try await dockerd.openControl(reply)
            return try await withBuildKit(over: control.stream) { client in
                let workers = try await greeting { try await client.workers() }
                let features = EngineFeatures(dockerd: control.version, workers: workers)
                return EngineCapabilities(features, version: control.release, workers: workers)
            }
        case .buildkitd(let buildkitd):
            return try await withBuildKit(over: try await buildkitd.openControl()) { client in
                let (version, workers) = try await greeting { (try await client.version(), try await client.workers()) }
                let features = EngineFeatures(buildkitd: version, workers: workers)
                return EngineCapabilities(features, version: version, workers: workers)
            }
        }
    }

    /// An engine's first answer, which must not take long.
    func greeting<Value: Sendable>(_ ask: @escaping @Sendable () async throws -> Value) async throws -> Value {
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
