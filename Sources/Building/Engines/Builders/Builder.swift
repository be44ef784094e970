import CaissonText
import CaissonRegistry
import CaissonEngineContainers
package import CaissonEngineDiscovery
public import CaissonBuildModel

/// What builds: one engine, or several nodes that share the platforms of a build among them.
///
/// ```
/// request ─▶ which node for which platform? ─▶ one part ──────────────────────────▶ that engine
///                                           └▶ several ─▶ each builds, pushes by digest ─▶ one index in the registry
/// ```
public struct Builder: BuildEngine {
    /// An engine and what it is meant for.
    struct Node: Sendable {
        /// How it is called in messages.
        var name: String
        var engine: Engine
        /// The platforms that its owner gave it.
        var declared: [Platform] = []
    }

    private(set) var nodes: [Node]
    private let name: String
    /// Whether builds without an output are loaded into dockerd.
    private let loadsByDefault: Bool

    /// The first node's engine.
    var engine: Engine { nodes[0].engine }

    /// Makes a builder; without a name it has its engine's.
    init(first: Node, others: [Node] = [], name: String? = nil, loadsByDefault: Bool = false) {
        self.loadsByDefault = loadsByDefault
        nodes = [first] + others
        self.name = name ?? first.engine.identity.name
    }

    /// Runs one build to its end, on the nodes that its platforms need; see `BuildEngine`.
    public func build(
        _ request: BuildRequest,
        events: any BuildEventSink,
        batch: BatchPlace?
    ) async throws -> BuildResult {
        var request = request
        if loadsByDefault, request.exports.isEmpty { request.exports = [.docker(nil, attributes: [:])] }
        var result = try await run(request, events, batch)
        result.exporterResponse["buildx.build.ref"] = "\(Self.word(name))/\(Self.word(nodes[0].name))/\(result.ref)"
        return result
    }

    /// A name as a part of a reference; an engine that is known by its address alone is called as buildx calls it.
    private static func word(_ name: String) -> String { name.contains("/") ? "default" : name }

    private func run(
        _ request: BuildRequest,
        _ events: any BuildEventSink,
        _ batch: BatchPlace?
    ) async throws -> BuildResult {
        guard nodes.count > 1 else { return try await engine.build(request, events: events, batch: batch) }
        let call = BuildScope.Call(request, on: name, engine.options, events: events, batch: batch)
        return try await BuildScope.build(call) { scope in
            try await PlatformBuild(nodes: nodes, request: request, scope: scope).run()
        }
    }

    /// Lends the builder with a connection to each node that the builds of `requests` use side by side, as long as `body`
    /// runs.
    ///
    /// - Throws: What `body` throws; a node that can't be reached fails the builds that need it.
    public func connected<Result: Sendable>(
        for requests: [BuildRequest],
        _ body: (Builder) async throws -> Result
    ) async throws -> Result {
        // Of several nodes each is asked for its platforms.
        let needsWorkers = nodes.count > 1 || requests.contains(where: \.needsWorkers)
        return try await connected(nodes[...], needsWorkers, body)
    }

    /// Connects to some nodes, one in the other, as each connection lasts as long as what runs in it.
    private func connected<Result: Sendable>(
        _ rest: ArraySlice<Node>,
        _ needsWorkers: Bool,
        _ body: (Builder) async throws -> Result
    ) async throws -> Result {
        guard let node = rest.first else { return try await body(self) }
        return try await node.engine.sharing(needsWorkers: needsWorkers) { engine in
            var builder = self
            builder.nodes[rest.startIndex].engine = engine
            return try await builder.connected(rest.dropFirst(), needsWorkers, body)
        }
    }

    /// Whether a dockerd among the nodes says that it has no image of a name; false of other engines, and where none answers.
    package func lacksImage(_ name: String) async -> Bool {
        for case .dockerd(let dockerd) in nodes.map(\.engine.driver) {
            if await ImageSize.isMissing(name, at: dockerd.endpoint) { return true }
        }
        return false
    }

    /// What the nodes' own stores say of an image's name; of several that differ, nothing is known.
    package func stored(_ name: String) async -> LocalImage {
        var found: Set<LocalImage> = []
        for node in nodes {
            switch node.engine.driver {
            case .dockerd(let dockerd): found.insert(await ImageSize.stored(name, at: dockerd.endpoint))
            case .buildkitd: found.insert(.absent)
            }
        }
        return found.count == 1 ? found.first ?? .unknown : .unknown
    }

    /// Asks the first node's front end; see `BuildEngine`.
    public func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        try await engine.ask(question, about: request, events: events)
    }
}

extension Builder {
    /// The builder by its name; of several nodes with all addresses.
    public var identity: EngineIdentity { Self.identity(name, nodes.map(\.engine.identity)) }

    /// What all nodes say of themselves, asked side by side; see `BuildEngine`.
    public func facts(within limit: Duration) async throws -> EngineFacts {
        let all = try await withThrowingTaskGroup(of: (Int, EngineFacts).self) { group in
            for (index, node) in nodes.enumerated() {
                group.addTask { (index, try await node.engine.facts(within: limit)) }
            }
            var found: [(Int, EngineFacts)] = []
            for try await item in group { found.append(item) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var platforms: [Platform] = []
        for platform in all.flatMap(\.platforms) where !platforms.contains(platform) { platforms.append(platform) }
        let capacities = all.compactMap(\.capacity)
        return EngineFacts(
            identity: Self.identity(name, all.map(\.identity)),
            platforms: platforms,
            capacity: capacities.count == all.count ? capacities.clampedSum : nil
        )
    }

    private static func identity(_ name: String, _ nodes: [EngineIdentity]) -> EngineIdentity {
        let kinds = Set(nodes.map(\.kind))
        let versions = Set(nodes.map(\.version))
        return EngineIdentity(
            name: name,
            address: nodes.map(\.address).joined(separator: ", "),
            kind: kinds.count == 1 ? kinds.first ?? .unknown : .unknown,
            version: versions.count == 1 ? versions.first ?? "" : ""
        )
    }
}

/// Finds the builder, or starts the private engine, and lends it to `body`.
///
/// In this order: the selection, `CAISSON_HOST`, `BUILDX_BUILDER`, `BUILDKIT_HOST`, the builder that was taken into use with
/// `caisson builder use` where neither `DOCKER_HOST` nor `DOCKER_CONTEXT` is set, the one that docker buildx uses,
/// `DOCKER_HOST`, `DOCKER_CONTEXT`, `CONTAINER_HOST`, docker's current context, the sockets of buildkitd, dockerd and podman,
/// and where nothing runs an engine of our own, which stays for the next build and ends when it has been idle.
///
/// - Parameters:
///   - selection: The engine or builder that is meant, if any.
///   - options: The surroundings, the environment above all.
///   - notice: Told what was passed over on the way.
///   - body: Uses the builder.
/// - Throws: `BuildError` where none is found, reached or started; what `body` throws.
public func withBuilder<Result: Sendable>(
    _ selection: EngineSelection = EngineSelection(),
    options: EngineOptions,
    notice: @escaping @Sendable (FieldMessage) -> Void = { _ in },
    _ body: (Builder) async throws -> Result
) async throws -> Result {
    let record: BuilderRecord?
    do {
        let store = try BuilderStore(variables: options.environment, home: options.home)
        record = try store.selected(name: selection.builder, address: selection.address)
    } catch {
        throw BuildError(error)
    }
    guard let record else {
        return try await withEngine(selection, options: options, notice: notice) { engine in
            try await body(Builder(first: Builder.Node(name: engine.address, engine: engine)))
        }
    }
    return try await withNodes(of: record, at: 0, [], (options, notice), body)
}

/// Reaches the nodes one in the other, as each may have a tunnel that lives as long as it is used.
private func withNodes<Result: Sendable>(
    of record: BuilderRecord,
    at index: Int,
    _ reached: [Builder.Node],
    _ surroundings: (options: EngineOptions, notice: @Sendable (FieldMessage) -> Void),
    _ body: (Builder) async throws -> Result
) async throws -> Result {
    guard index < record.nodes.count else {
        guard let first = reached.first else {
            throw BuildError(.engine, "no node of the builder “\(record.name)” can be reached — see the notices above")
        }
        let builder = Builder(
            first: first,
            others: Array(reached.dropFirst()),
            name: record.name,
            loadsByDefault: record.loadsByDefault
        )
        return try await body(builder)
    }
    let node = record.nodes[index]
    let place = node.endpoint(of: record.name)
    return try await withTunnel(place, variables: surroundings.options.environment) { endpoint in
        var reached = reached
        do {
            try await surroundings.options.ensureRunning(node, notice: surroundings.notice)
            let engine = try await Engine(endpoint, surroundings.options, address: place.address)
            reached.append(Builder.Node(name: node.name, engine: engine, declared: node.declared))
        } catch let error where !(error is CancellationError) {
            // The other nodes may do without it; with a single one its failure is the build's.
            guard record.nodes.count > 1 else { throw record.explain(error) }
            surroundings.notice("the node \(node.name) of the builder “\(record.name)” is passed over: \(error)")
        }
        return try await withNodes(of: record, at: index + 1, reached, surroundings, body)
    }
}

extension EngineOptions {
    /// Makes and starts the container of a node, where it has one.
    package func ensureRunning(
        _ node: BuilderNode,
        within limit: Duration = .seconds(20),
        notice: @escaping @Sendable (FieldMessage) -> Void
    ) async throws {
        do {
            let store = try BuilderStore(variables: environment, home: home)
            let container = try EngineContainer(of: node, variables: environment, lock: store.lock(ofContainer:))
            let credentials = credentials
            try await container?.ensureRunning(
                EngineContainer.Start(
                    limit: limit,
                    authentication: { image in
                        let login = try await credentials.credentials(for: image.domain)
                        return DockerdImages.authentication(login, host: image.domain)
                    },
                    notice: notice
                )
            )
        } catch let error as EngineError {
            throw BuildError(error)
        }
    }
}

extension BuilderRecord {
    /// Whether all its nodes are containers that were made so.
    fileprivate var loadsByDefault: Bool {
        nodes.allSatisfy { node in
            node.container.flatMap { try? ContainerOptions($0.options) }?.loadsByDefault == true
        }
    }

    /// The error of reaching the only node, with what starts it where that is buildx's to do.
    fileprivate func explain(_ error: any Error) -> any Error {
        guard isBuildx, var failure = error as? BuildError, failure.code == .engine else { return error }
        failure.wording =
            "\(message: failure.wording) — ‘docker buildx inspect --bootstrap \(name)’ starts the builder “\(name)”"
        return failure
    }
}
