import CaissonManuals
import CaissonEngineDiscovery
import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonText
import CaissonSystem
import FoundationEssentials

extension BuilderCommand {
    /// The command `caisson builder create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Names an engine, or several nodes that share the platforms of a build.",
            discussion: Manual.text(of: "builder create")
        )

        @Argument(
            help: ArgumentHelp(
                "The address of the only node, or a docker context; of a dockerd for a container.",
                valueName: "address"
            )
        )
        var address: String?

        @Option(parsing: .unconditional, help: "The builder's name; one is made up without.")
        var name: String?

        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "A node: unix://PATH, tcp://HOST:PORT, ssh://HOST, docker-container://NAME or kube-pod://NAME, and after it "
                    + ",name=, ,platform= (several with +), ,label.KEY=, ,cacert=, ,cert=, ,key=. A name alone is that of the node at the "
                    + "address. May be given several times.",
                valueName: "address"
            )
        )
        var node: [String] = []

        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "What a node is meant for: given once for each node, in their order.",
                valueName: "platforms"
            )
        )
        var platform: [String] = []

        @Flag(help: "Adds the nodes to a builder that exists.")
        var append = false

        @Flag(help: "Takes the builder into use for builds that name no other.")
        var use = false

        @OptionGroup(title: "Of docker buildx create")
        var peer: PeerCreateOptions

        /// The nodes that the flags describe, for a new builder or in addition to those of one.
        func nodes(
            builder: String,
            old: BuilderRecord? = nil,
            directory: String,
            variables: [String: String]
        ) throws(BuildError) -> [BuilderNode] {
            let first = old?.nodes.count ?? 0
            let host = variables["BUILDKIT_HOST"].flatMap { $0.isEmpty ? nil : $0 }
            let isOfContainers =
                old.map { $0.nodes.contains { $0.container != nil } } ?? (address == nil && host == nil)
            let container = try peer.container(
                "\(builder)\(first)",
                at: address,
                node: node,
                isDefault: isOfContainers
            )
            if let container {
                let nodes = ContainerNodes(peer: peer, variables: variables, directory: directory)
                var made = try nodes.node(container, at: address)
                for text in platform { try made.add(platforms: text) }
                return [made]
            }
            let isLeftToVariables = address == nil && node.isEmpty && [nil, "remote"].contains(peer.driver)
            let specs = try peer.specs(address: isLeftToVariables ? host : address, node: node)
            guard !specs.isEmpty else {
                throw BuildError(.usage, "a builder needs a node; give its address, such as unix:///run/docker.sock")
            }
            return try nodes(specs, builder: builder, first: first, directory: directory)
        }

        private func nodes(
            _ specs: [String],
            builder: String,
            first: Int,
            directory: String
        ) throws(BuildError) -> [BuilderNode] {
            guard platform.isEmpty || platform.count == specs.count else {
                throw BuildError(
                    .usage,
                    "--platform is given \(platform.count) times for \(specs.count) nodes; give it once for each, in their order"
                )
            }
            var nodes: [BuilderNode] = []
            for (index, spec) in specs.enumerated() {
                let parsed = try NodeSpec(parsing: spec)
                var node = try parsed.node(name: "\(builder)\(first + index)", directory: directory)
                if index < platform.count { try node.add(platforms: platform[index]) }
                nodes.append(node)
            }
            return nodes
        }
    }

    /// The command `caisson builder use`.
    struct Use: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "use",
            abstract:
                "Takes a builder into use for builds that name no other; 'default' goes back to the environment's.",
            discussion: Manual.text(of: "builder use")
        )

        @Argument(help: "The builder's name.")
        var name: String

        /// Docker's: what is used is the default, and of every docker context.
        @Flag(help: .hidden)
        var `default` = false

        @Flag(help: .hidden)
        var global = false
    }

    /// The command `caisson builder rm`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm",
            abstract:
                "Forgets named builders, and removes the containers that were made for them; other engines stay as they are.",
            discussion: Manual.text(of: "builder rm")
        )

        @Argument(help: "The builders' names; the one in use without.")
        var names: [String] = []

        @Flag(help: "Forget all whose nodes can't be reached.")
        var allInactive = false

        /// Docker's: nothing is asked.
        @Flag(help: .hidden)
        var force = false

        @Flag(help: "Leave the containers as they are.")
        var keepDaemon = false

        @Flag(help: "Leave the volumes of the containers, which hold what was built and cached.")
        var keepState = false

        func validate() throws {
            if allInactive, !names.isEmpty { throw ValidationError("--all-inactive and names can't be used together") }
        }
    }
}

extension BuilderNode {
    /// Adds platforms that it is meant for.
    fileprivate mutating func add(platforms text: String) throws(BuildError) {
        let own = try FlagValue.of("--platform") { () throws(ParseError) in try Platform.list(parsing: text) }
        platforms += own.map(\.description).filter { !platforms.contains($0) }
    }
}

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
