import CaissonBuildKit
public import CaissonBuildModel
import CaissonEngineStores
import CaissonText

/// The build cache of one engine.
public struct EngineCache: Sendable, Hashable {
    /// The node's name, as the builder has it.
    public var node: String
    /// The engine's address, such as `unix:///var/run/docker.sock`.
    public var address: String
    /// Its records, in no order.
    public var records: [CacheRecord]
    /// Whether a prune there looks at descriptions (BuildKit 0.14): else none by them removes what it should.
    public var prunesByDescription: Bool
    /// Whether a prune there takes BuildKit's filters; else records are named by their whole ids.
    public var takesFilters = true
    /// Whether the records of cache mounts tell their ids (BuildKit 0.12).
    public var tellsMountIDs = false
    /// The moment at which it was asked, on this machine.
    public var time: Timestamp

    /// Takes what an engine has said.
    package init(
        node: String,
        address: String,
        records: [CacheRecord],
        prunesByDescription: Bool,
        time: Timestamp
    ) {
        (self.node, self.address, self.records) = (node, address, records)
        (self.prunesByDescription, self.time) = (prunesByDescription, time)
    }
}

extension Builder {
    /// What the engines of all nodes keep of builds, in the order of the nodes; they are asked side by side.
    ///
    /// - Parameters:
    ///   - filters: In the language of containerd's filters; a record is told of when one of them holds, or there is none.
    ///   - limit: How long each node may take.
    /// - Throws: `BuildError` where a node can't be reached, or keeps no such cache.
    package func caches(_ filters: [String] = [], within limit: Duration = .seconds(600)) async throws -> [EngineCache]
    {
        try await ofEachNode { node in try await node.engine.cache(of: node.name, filters, within: limit) }
    }

    /// Removes records of the build caches of all nodes, side by side.
    ///
    /// - Parameters:
    ///   - orders: What goes, by the nodes' names; a node without an order isn't asked.
    ///   - limit: How long each node may take.
    ///   - removed: Is told each record that is gone, and the name of its node.
    /// - Throws: `BuildError` where a node can't be reached, keeps no such cache, or doesn't know what is asked for;
    ///   what was told is gone.
    package func prune(
        _ orders: [String: CachePrune],
        within limit: Duration = .seconds(3600),
        removed: @escaping @Sendable (_ node: String, CacheRecord) -> Void = { _, _ in }
    ) async throws {
        _ = try await ofEachNode { node in
            guard let order = orders[node.name] else { return }
            try await node.engine.prune(order, within: limit) { removed(node.name, $0) }
        }
    }

    /// Removes from all nodes what a filter finds, by the ids: an engine before BuildKit 0.14 finds nothing by a description.
    ///
    /// - Parameters:
    ///   - filter: In the language of containerd's filters.
    ///   - limit: How long each node may take, to tell and to remove.
    package func prune(_ filter: String, within limit: Duration) async throws {
        var orders: [String: CachePrune] = [:]
        for cache in try await caches([filter], within: limit) {
            let filters = CachePrune.filters(ids: cache.records.map(\.id))
            if !filters.isEmpty { orders[cache.node] = CachePrune(filters: filters) }
        }
        try await prune(orders, within: limit)
    }

    private func ofEachNode<Value: Sendable>(
        _ body: @escaping @Sendable (Node) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (place, node) in nodes.enumerated() { group.addTask { (place, try await body(node)) } }
            var values: [(Int, Value)] = []
            for try await value in group { values.append(value) }
            return values.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension Builder {
    /// The addresses of its nodes.
    package var addresses: [String] { nodes.map(\.engine.address) }
}

extension Engine {
    fileprivate func cache(of node: String, _ filters: [String], within limit: Duration) async throws -> EngineCache {
        try await asking(within: limit) { store in
            var cache = EngineCache(
                node: node,
                address: address,
                records: try await store.records(),
                prunesByDescription: false,
                time: .now
            )
            cache.takesFilters = false
            return cache
        } buildKit: { connection in
            var cache = EngineCache(
                node: node,
                address: address,
                records: try await connection.client.cacheRecords(filters),
                prunesByDescription: connection.features.prunesByDescription,
                time: .now
            )
            cache.tellsMountIDs = connection.features.tellsMountIDs
            return cache
        }
    }

    fileprivate func prune(
        _ prune: CachePrune,
        within limit: Duration,
        _ removed: @escaping @Sendable (CacheRecord) -> Void
    ) async throws {
        try await asking(within: limit) { store in
            try await store.prune(prune, removed: removed)
        } buildKit: { connection in
            if prune.needsSpaceLimits {
                guard try await connection.capabilities().contains("gc.freespacefilter") else {
                    throw BuildError(
                        .unsupported,
                        "\(connection.features.name) knows no limits of space but a reserve: that needs BuildKit 0.17 or newer"
                    )
                }
            }
            try await connection.client.prune(prune, removed: removed)
        }
    }

    /// Asks the engine's BuildKit, or an engine without one for the images that it has instead.
    func asking<Value: Sendable>(
        within limit: Duration,
        store: @escaping @Sendable (EngineStore) async throws -> Value,
        buildKit ask: @escaping @Sendable (EngineConnection) async throws -> Value
    ) async throws -> Value {
        try await withDeadline(limit) {
            try await connected(
                tar: { kind, dockerd in
                    let name = "\(kind.name) at \(address)"
                    let kind: EngineStore.Kind = kind.isPodman ? .podman : .classic
                    return try await store(EngineStore(kind, named: name, at: dockerd.endpoint))
                },
                needsWorkers: false
            ) { connection in
                do {
                    return try await ask(connection)
                } catch let error as GRPCError where error.code != .cancelled {
                    throw BuildError(.engine, "\(connection.features.name) at \(address): \(error.message)")
                }
            }
        } error: { [address] in
            BuildError(.deadlineExceeded, "the engine at \(address) takes longer than \(Timespan(limit)) for that")
        }
    }
}

extension EngineConnection {
    /// What steps the engine can run and what else it knows, by BuildKit's names.
    func capabilities() async throws -> Set<String> {
        let session = Session(id: Session.makeID(), sharedKey: "", services: [])
        var question = SolveRequest(ref: Session.makeID(), session: session.id)
        question.isInternal = true
        let transport = try await openSession(session)
        return try await client.capabilities(question, session: session, over: transport)
    }
}
