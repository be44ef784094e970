import CaissonBuildModel
import CaissonText
import CaissonEngineDiscovery
import CaissonEngines
import CaissonSystem
import FoundationEssentials

extension BuilderCommand.Create {
    func run() async throws {
        if peer.leave { return try leave() }
        let limit = try peer.limit()
        let (store, record) = try record()
        try translatingErrors { () throws(EngineError) in
            try store.write(record)
            if use { try store.use(record.name) }
        }
        if peer.bootstrap { try await reachAll(of: record, within: limit) }
        try BorrowedDescriptor.standardOutput.writeResult(record.name + "\n")
    }

    /// The builder that the flags describe.
    private func record() throws(BuildError) -> (BuilderStore, BuilderRecord) {
        let store = try translatingErrors { () throws(EngineError) in try BuilderCommand.store() }
        let builder = try translatingErrors { () throws(EngineError) in
            if let name { try BuilderRecord.checkName(name) }
            return name ?? BuilderCommand.freeName(store.names())
        }
        let old = try translatingErrors { () throws(EngineError) in try store.read(builder) }
        guard old == nil || append else {
            throw BuildError(
                .usage,
                "there is a builder \(builder.quoted) already; add nodes to it with --append, or remove it first"
            )
        }
        guard old != nil || !append else {
            throw BuildError(.usage, "there is no builder \(builder.quoted) to append to; leave --append out")
        }
        let added = try nodes(
            builder: builder,
            old: old,
            directory: FileManager.default.currentDirectoryPath,
            variables: BuilderCommand.environment
        )
        let all = (old?.nodes ?? []) + added
        guard Set(all.map(\.name)).count == all.count else {
            throw BuildError(.usage, "two nodes have the same name; give each its own with name=")
        }
        return (store, BuilderRecord(name: builder, nodes: all))
    }

    /// Starts the containers and asks the other nodes; one that can't be reached is an error, and the builder stays.
    private func reachAll(of builder: BuilderRecord, within limit: Duration) async throws {
        let options = EngineOptions(environment: BuilderCommand.environment, home: BuilderCommand.home)
        for node in builder.nodes where node.container != nil {
            do {
                try await options.ensureRunning(node, within: limit, notice: BuilderCommand.tell)
            } catch let error as BuildError {
                throw unreached(node, of: builder, error.code, error.message)
            }
        }
        var others = builder
        others.nodes.removeAll { $0.container != nil }
        let reports = try await NodeReport.all(of: others, environment: BuilderCommand.environment, within: limit)
        guard let failed = reports.first(where: { $0.capabilities == nil }) else { return }
        throw unreached(failed.node, of: builder, .engine, failed.error ?? "it doesn't answer")
    }

    private func unreached(
        _ node: BuilderNode,
        of builder: BuilderRecord,
        _ code: BuildError.Code,
        _ reason: String
    ) -> BuildError {
        BuildError(
            code,
            "the builder \(builder.name.quoted) is there, but its node \(node.name) can't be reached: \(reason)"
        )
    }

    /// Takes a node out of a builder.
    private func leave() throws {
        guard let name, let left = node.first, node.count == 1 else {
            throw BuildError(
                .usage,
                "--leave takes one node out of a builder; say which with --name BUILDER --node NODE"
            )
        }
        try translatingErrors { () throws(EngineError) in
            let store = try BuilderCommand.store()
            guard var builder = try store.read(name), let place = builder.nodes.firstIndex(where: { $0.name == left })
            else {
                throw EngineError(.badAddress, "there is no builder “\(name)” with a node “\(left)”")
            }
            guard builder.nodes.count > 1 else {
                throw EngineError(
                    .badAddress,
                    "“\(left)” is the last node of “\(name)”; forget the builder with ‘caisson builder rm \(name)’"
                )
            }
            builder.nodes.remove(at: place)
            try store.write(builder)
        }
    }
}
