package import CaissonBuildModel
package import CaissonEngineDiscovery
import CaissonHTTPClient
import CaissonJSON
import CaissonSystem
import FoundationEssentials

/// The container of a node whose engine is made and started here.
package struct EngineContainer: Sendable {
    /// How a container is got to run.
    package struct Start: Sendable {
        /// How long its buildkitd may take until it answers, from when it is started.
        package var limit: Duration
        /// Who we are at a registry, as dockerd takes it; nil for nobody.
        package var authentication: @Sendable (ImageReference) async throws -> String?
        /// Told what takes its time.
        package var notice: @Sendable (FieldMessage) -> Void

        /// Makes a start, of 20 seconds unless another limit is given.
        package init(
            limit: Duration = .seconds(20),
            authentication: @escaping @Sendable (ImageReference) async throws -> String? = { _ in nil },
            notice: @escaping @Sendable (FieldMessage) -> Void = { _ in }
        ) {
            self.limit = limit
            self.authentication = authentication
            self.notice = notice
        }
    }

    /// Its name at dockerd.
    package let name: String
    private let container: NodeContainer
    private let dockerd: EngineEndpoint
    private let variables: [String: String]
    private let lock: String?

    /// The container of a node; nil where the node's engine runs by itself.
    ///
    /// - Parameter lock: The file whose lock is held while the container is made and started.
    package init?(
        of node: BuilderNode,
        variables: [String: String],
        lock: (String) -> String? = { _ in nil }
    ) throws(EngineError) {
        guard let container = node.container else { return nil }
        let discovery = Discovery(environment: .ofThisProcess(variables: variables))
        let place = try discovery.container(at: node.address)
        name = place.name
        dockerd = place.dockerd
        self.container = container
        self.variables = variables
        self.lock = lock(place.name)
    }

    /// The volume of a container's state, which outlives it.
    static func volume(of name: String) -> String { name + "_state" }

    /// Whether it runs; nil where there is none.
    package func isRunning() async throws -> Bool? {
        try await withDockerd { try await status($0) }?.isRunning
    }

    /// Makes it where there is none, starts it where it doesn't run, and waits until its buildkitd answers.
    ///
    /// Others who want the same at that time wait for the end of this.
    ///
    /// - Throws: `EngineError` with code `startFailed` where it ends, `deadlineExceeded` where it doesn't answer.
    package func ensureRunning(_ start: Start) async throws {
        // Without the lock, two who start it at once may see each other's half-made container, and try again.
        let end = ContinuousClock.now + .seconds(600)
        var held: FileLock?
        if let lock { held = try? await FileLock.wait(lock, .exclusive, until: end) }
        try await withDockerd { endpoint in
            let status = try await status(endpoint)
            guard status?.isRunning != true else { return }
            let options = try ContainerOptions(container.options)
            try await withHTTPClient { client in
                let api = DockerdContainers(endpoint: endpoint, client: client)
                if status == nil {
                    try await make(options, start, api)
                } else {
                    start.notice("starting the container \(name)")
                    try await api.start(name)
                }
                try await wait(within: start.limit, api)
            }
        }
        _ = consume held
    }

    /// Stops it; false where it doesn't run.
    package func stop() async throws -> Bool {
        guard try await isRunning() == true else { return false }
        try await withDockerd { endpoint in
            try await withHTTPClient { client in
                try await DockerdContainers(endpoint: endpoint, client: client).stop(name)
            }
        }
        return true
    }

    /// Removes it, and its state unless that is to stay; nothing happens where there is none.
    package func remove(keepsState: Bool) async throws {
        try await withDockerd { endpoint in
            guard let status = try await status(endpoint) else { return }
            try await withHTTPClient { client in
                let api = DockerdContainers(endpoint: endpoint, client: client)
                try await api.remove(name)
                let volume = Self.volume(of: name)
                if !keepsState, status.volumes.contains(volume) { try await api.removeVolume(volume) }
            }
        }
        if let lock { try? FileManager.default.removeItem(atPath: lock) }
    }
}

extension EngineContainer {
    private func make(_ options: ContainerOptions, _ start: Start, _ api: DockerdContainers) async throws {
        if try await !api.hasImage(options.image) {
            start.notice("pulling the image \(options.image.familiar) for the container \(name)")
            try await api.pull(options.image, authentication: try await start.authentication(options.image))
        }
        start.notice("making the container \(name)")
        let info = try await api.info()
        let security = info["SecurityOptions"]?.array?.compactMap(\.string) ?? []
        let creation = container.creation(
            named: name,
            options,
            // One group for all of them, so that the builds of a machine can be limited together.
            cgroupParent: info["CgroupDriver"]?.string == "cgroupfs" ? "/docker/buildx" : nil,
            usesHostUsers: security.contains { $0.hasPrefix("name=userns") }
        )
        // Somebody else's, who starts it, too.
        guard try await api.create(name, creation) else { return }
        do {
            var files = container.files
            if options.tellsWorkflow, let context = try WorkflowContext.content(variables) {
                files[WorkflowContext.path] = context
            }
            if !files.isEmpty { try await api.put(files, into: name) }
            try await api.start(name)
        } catch {
            // One without its files, or that can't be started, would be taken for a good one at the next try.
            try? await api.remove(name)
            throw error
        }
    }

    /// Waits until buildkitd answers inside of the container.
    private func wait(within limit: Duration, _ api: DockerdContainers) async throws {
        let end = ContinuousClock.now + limit
        var pause = Duration.milliseconds(50)
        while true {
            let left = end - ContinuousClock.now
            let limitOfRun = max(left, .milliseconds(100))
            if try await answers(within: limitOfRun, api) { return }
            let status = try await status(api.endpoint)
            // One that somebody else has just made isn't started yet.
            guard let status, !status.hasEnded else {
                throw failure(.startFailed, "ended at once", try? await api.log(of: name))
            }
            guard ContinuousClock.now < end else {
                throw failure(.deadlineExceeded, "didn't answer within \(limit)", try? await api.log(of: name))
            }
            try await Task.sleep(for: min(pause, max(left, .milliseconds(1))))
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private func answers(within limit: Duration, _ api: DockerdContainers) async throws -> Bool {
        do {
            return try await api.run(["buildctl", "debug", "workers"], in: name, within: limit) == 0
        } catch let error as HTTPClientError where error.code == .deadlineExceeded {
            return false
        }
    }

    private func failure(_ code: EngineError.Code, _ what: String, _ log: String?) -> EngineError {
        let said = log.flatMap { $0.isEmpty ? nil : "; its log ends: \($0)" } ?? ""
        return EngineError(
            code,
            "buildkitd in the container \(name) of \(dockerd.address) \(what)\(said) — see ‘docker logs \(name)’"
        )
    }
}

extension EngineContainer {
    /// What is known of a container that is there.
    private struct Status: Sendable {
        var isRunning: Bool
        var hasEnded: Bool
        var volumes: [String]
    }

    /// How it is; nil where there is none.
    private func status(_ endpoint: Endpoint) async throws -> Status? {
        // The question of each build, and the only one of most: without libcurl.
        let answer = try await dial(endpoint).get("/containers/\(name)/json", upTo: 4 << 20)
        switch answer.status {
        case 404: return nil
        case 200:
            let facts = (try? JSON(parsing: answer.body)) ?? .null
            return Status(
                isRunning: facts["State"]?["Running"]?.isTrue == true,
                hasEnded: ["exited", "dead"].contains(facts["State"]?["Status"]?.string),
                volumes: facts["Mounts"]?.array?.compactMap { $0["Name"]?.string } ?? []
            )
        default:
            throw EngineError(
                .unreachable,
                "asking \(endpoint) for the container \(name) failed with status \(answer.status): "
                    + message(inBody: answer.body)
            )
        }
    }

    /// Lends where dockerd is dialled, through a tunnel where it is far.
    private func withDockerd<Result: Sendable>(_ body: (Endpoint) async throws -> Result) async throws -> Result {
        do {
            return try await withTunnel(dockerd, variables: variables) { try await body(Endpoint($0)) }
        } catch let error as HTTPClientError {
            throw EngineError(.unreachable, "the container \(name) of a builder: \(error.message)")
        }
    }
}
