import CaissonBuildKit
package import CaissonBuildModel
import CaissonHTTPClient

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

extension EngineKind {
    /// Asks what answers at an address which engine it is, at the cost of a connection.
    ///
    /// - Returns: Its kind; nil where nothing answers, or not within `limit`.
    package static func asked(
        at address: String,
        environment: [String: String],
        within limit: Duration
    ) async -> EngineKind? {
        try? await withDeadline(limit) {
            try await withEngine(EngineSelection(address: address), options: EngineOptions(environment: environment)) {
                try await $0.kind()
            }
        } error: {
            BuildError(.deadlineExceeded, "the engine at \(address) doesn't answer")
        }
    }
}

extension Engine {
    /// Which engine it is, from its first answer.
    fileprivate func kind() async throws -> EngineKind {
        guard case .dockerd(let dockerd) = driver else { return .buildkitd }
        let greeting = try await dockerd.greet()
        greeting.stream.close()
        return greeting.podman == nil ? .dockerd : .podman
    }

    /// Connects and finds out what the engine's BuildKit can do.
    ///
    /// - Throws: `BuildError` with code `unsupported` where the engine builds from a tar, for one platform at a time.
    func features() async throws -> EngineFeatures {
        try await connected(
            tar: { kind, _ in
                throw BuildError(
                    .unsupported,
                    "\(kind.name) builds for one platform at a time — name a single \(field: .platforms)"
                )
            },
            buildKit: { $0.features }
        )
    }

    /// Connects and finds out all that it says of itself.
    func capabilities() async throws -> EngineCapabilities {
        try await connected(
            tar: { kind, podman in
                EngineCapabilities(podman: kind, platform: try await PodmanInfo.platform(podman.endpoint))
            },
            buildKit: { EngineCapabilities($0.features, version: $0.release, workers: $0.workers) }
        )
    }
}
