import CaissonBuildModel
import CaissonText
import CaissonEngineContainers
import CaissonEngineDiscovery
import CaissonEngines
import CaissonPrivateEngine
import CaissonSystem
import FoundationEssentials

extension BuilderCommand.Remove {
    func run() async throws {
        let store = try translatingErrors { () throws(EngineError) in try BuilderCommand.store() }
        var names = names
        if allInactive {
            names = try await BuilderCommand.inactive(store)
        } else if names.isEmpty {
            guard let current = try translatingErrors({ () throws(EngineError) in try store.current() }) else {
                throw BuildError(
                    .usage,
                    "no builder is in use; name the one to forget, ‘caisson builder ls’ lists them"
                )
            }
            names = [current]
        }
        var missing: [String] = []
        for name in names {
            if !keepDaemon { try await removeContainers(of: name, store) }
            let isThere = try translatingErrors { () throws(EngineError) in try store.remove(name) }
            if !isThere { missing.append(name) }
        }
        guard missing.isEmpty else {
            throw BuildError(.usage, "there is no builder \(missing.map(\.quoted).joined(separator: ", "))")
        }
    }

    /// A container that can't be removed keeps its builder, which alone knows of it.
    private func removeContainers(of name: String, _ store: BuilderStore) async throws {
        // What can't be read is to be removed all the same.
        guard let record = try? store.read(name) else { return }
        do {
            for container in try BuilderCommand.containers(of: record, store) {
                try await container.remove(keepsState: keepState)
            }
        } catch let error as EngineError {
            var error = BuildError(error)
            error.wording = "\(message: error.wording) — --keep-daemon forgets the builder “\(name)” alone"
            throw error
        }
    }
}

extension BuilderCommand.Stop {
    func run() async throws {
        let store = try translatingErrors { () throws(EngineError) in try BuilderCommand.store() }
        let record = try translatingErrors { () throws(EngineError) -> BuilderRecord? in
            if let name { return name == Discovery.privateName ? nil : try store.find(name) }
            let used = try store.inUse().flatMap { name throws(EngineError) in try store.find(name) }
            return used.flatMap { $0.nodes.contains { $0.container != nil } ? $0 : nil }
        }
        do {
            if let record, record.nodes.contains(where: { $0.container != nil }) {
                return try await stop(record, store)
            }
            if let name, name != Discovery.privateName {
                throw BuildError(
                    .usage,
                    "only the private engine and builders' containers can be stopped here, not \(name.quoted); stop others the way "
                        + "they were started"
                )
            }
            let stopped = try await BuilderCommand.privateEngine.stop()
            try BorrowedDescriptor.standardOutput.writeResult(stopped ? "stopped private\n" : "private isn't running\n")
        } catch let error as EngineError {
            throw BuildError(error)
        }
    }

    private func stop(_ record: BuilderRecord, _ store: BuilderStore) async throws {
        var stopped = false
        for container in try BuilderCommand.containers(of: record, store) {
            if try await container.stop() { stopped = true }
        }
        let words = stopped ? "stopped \(record.name)\n" : "\(record.name) isn't running\n"
        try BorrowedDescriptor.standardOutput.writeResult(words)
    }
}

extension BuilderCommand {
    /// The containers that are a builder's engines.
    static func containers(of record: BuilderRecord, _ store: BuilderStore) throws(EngineError) -> [EngineContainer] {
        var found: [EngineContainer] = []
        for node in record.nodes {
            let container = try EngineContainer(of: node, variables: environment, lock: store.lock(ofContainer:))
            if let container { found.append(container) }
        }
        return found
    }

    /// The engines with how those are that are builders' containers, which their dockerds are asked for side by side.
    static func withContainers(_ engines: [ListedEngine], _ store: BuilderStore) async -> [ListedEngine] {
        let nodes = ((try? store.everywhere()) ?? []).flatMap(\.nodes).filter { $0.container != nil }
        let states = await withTaskGroup(of: (String, ListedEngine.Status?).self) { group in
            for node in nodes { group.addTask { (node.address, await status(of: node)) } }
            var states: [String: ListedEngine.Status] = [:]
            for await (address, status) in group { states[address] = status }
            return states
        }
        return engines.map { engine in
            var engine = engine
            if engine.status == .unknown, let status = states[engine.endpoint] { engine.status = status }
            return engine
        }
    }

    /// The engines with the kinds of those that run and haven't been asked yet, which they are side by side.
    static func withKinds(_ engines: [ListedEngine], _ variables: [String: String]) async -> [ListedEngine] {
        await withTaskGroup(of: (Int, EngineKind?).self) { group in
            for (index, engine) in engines.enumerated() where engine.kind == .unknown && engine.status == .running {
                group.addTask {
                    (index, await .asked(at: engine.endpoint, environment: variables, within: .seconds(2)))
                }
            }
            var engines = engines
            for await case (let index, let kind?) in group { engines[index].kind = kind }
            return engines
        }
    }

    /// Whether a node's container runs; nil where nobody can tell.
    private static func status(of node: BuilderNode) async -> ListedEngine.Status? {
        guard let container = try? EngineContainer(of: node, variables: environment),
            let isRunning = try? await container.isRunning() ?? false
        else { return nil }
        return isRunning ? .running : .stopped
    }
}

/// A node of `caisson builder create` whose engine is a container that is made here.
struct ContainerNodes {
    /// The flags.
    var peer: PeerCreateOptions
    /// The variables of the environment.
    var variables: [String: String]
    /// What paths begin at.
    var directory: String

    private var discovery: Discovery { Discovery(environment: .ofThisProcess(variables: variables)) }

    /// The node: at the dockerd of an address or a docker context, or at the one that `docker` would speak to.
    func node(_ name: String, at address: String?) throws(BuildError) -> BuilderNode {
        try readingNode {
            try BuilderRecord.checkName(name)
            let dockerd = try address.map { address throws(EngineError) in
                try discovery.dockerForContainers(named: address)
            }
            let place = try dockerd ?? discovery.dockerForContainers()
            var node = try BuilderNode(
                name: name,
                address: "docker-container://" + NodeContainer.name(ofNode: name) + place
            )
            node.container = try container()
            return node
        }
    }

    private func container() throws -> NodeContainer {
        var options: [String: String] = [:]
        for text in peer.driverOpt {
            guard let fields = CommaFields.parse(text) else {
                throw BuildError(.usage, "--driver-opt: the quotes in \(text.quoted) are wrong")
            }
            for field in fields {
                guard let (key, value) = field.cut(at: "=") else {
                    throw BuildError(.usage, "--driver-opt: \(field.quoted) is no KEY=VALUE")
                }
                options[key] = value
            }
        }
        _ = try ContainerOptions(options)
        let configuration = try configuration()
        return NodeContainer(
            options: options,
            arguments: try BuildkitdArguments.parse(
                peer.buildkitdFlags ?? "",
                network: options["network"],
                configuration: configuration
            ),
            files: configuration?.files ?? [:]
        )
    }

    /// buildkitd's configuration: the one that is named, or docker buildx's default.
    private func configuration() throws -> BuildkitdConfiguration? {
        if let path = peer.buildkitdConfig { return try BuildkitdConfiguration.read(path, in: directory) }
        let store = try BuilderStore(variables: variables, home: variables["HOME"] ?? "/")
        let usual = store.defaultConfiguration
        return FileManager.default.fileExists(atPath: usual)
            ? try BuildkitdConfiguration.read(usual, in: directory) : nil
    }
}
