import CaissonEngineDiscovery
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

    let nodes: [Node]

    /// The first node's engine.
    public let engine: Engine

    init(first: Node, others: [Node] = []) {
        nodes = [first] + others
        engine = first.engine
    }

    /// Runs one build to its end, on the nodes that its platforms need; see `BuildEngine`.
    public func build(_ request: BuildRequest, events: any BuildEventSink) async throws -> BuildResult {
        guard nodes.count > 1 else { return try await engine.build(request, events: events) }
        return try await BuildFrame.run(request, engine.options, events) { frame in
            try await PlatformBuild(nodes: nodes, request: request, frame: frame).run()
        }
    }
}

/// Finds the builder, or starts the private engine, and lends it to `body`.
///
/// As `withEngine`, and before the environment's engines the builder that was taken into use with `caisson builder use`.
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
    notice: @escaping @Sendable (String) -> Void = { _ in },
    _ body: (Builder) async throws -> Result
) async throws -> Result {
    let record: BuilderRecord?
    do {
        record = try BuilderStore(variables: options.environment, home: options.home)
            .selected(selection, options)
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
    _ surroundings: (options: EngineOptions, notice: @Sendable (String) -> Void),
    _ body: (Builder) async throws -> Result
) async throws -> Result {
    guard index < record.nodes.count else {
        guard let first = reached.first else {
            throw BuildError(.engine, "no node of the builder “\(record.name)” can be reached — see the notices above")
        }
        return try await body(Builder(first: first, others: Array(reached.dropFirst())))
    }
    let node = record.nodes[index]
    let place = node.endpoint(of: record.name)
    return try await withTunnel(place, variables: surroundings.options.environment) { endpoint in
        var reached = reached
        do {
            let engine = try await Engine(endpoint, surroundings.options, address: place.address)
            reached.append(Builder.Node(name: node.name, engine: engine, declared: node.declared))
        } catch let error where !(error is CancellationError) {
            // The other nodes may do without it; with a single one its failure is the build's.
            guard record.nodes.count > 1 else { throw error }
            surroundings.notice("the node \(node.name) of the builder “\(record.name)” is passed over: \(error)")
        }
        return try await withNodes(of: record, at: index + 1, reached, surroundings, body)
    }
}

extension BuilderStore {
    /// The stored builder that a selection means: the one it names, or the one in use where nothing else is named.
    func selected(_ selection: EngineSelection, _ options: EngineOptions) throws(EngineError) -> BuilderRecord? {
        if let name = selection.builder { return try read(name) }
        guard selection.address == nil, let name = try inUse(options.environment) else { return nil }
        return try read(name)
    }
}
