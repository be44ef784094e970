import CaissonEngineDiscovery
import ArgumentParser
import CaissonBuildModel
import CaissonEngines

extension BuilderCommand {
    /// The command `caisson builder create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Names an engine, or several nodes that share the platforms of a build.",
            discussion: """
                caisson builder create --name farm --use \\
                    --node unix:///run/buildkit/buildkitd.sock --platform linux/amd64 \\
                    --node tcp://arm.example:1234,cacert=ca.pem,cert=me.pem,key=me-key.pem --platform linux/arm64

                Each platform of a build goes to the node that is meant for it, else to one that runs it natively, else to one \
                that emulates it.
                """
        )

        @Argument(help: ArgumentHelp("The address of the only node, or a docker context.", valueName: "address"))
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

        /// The nodes that the flags describe.
        func nodes(builder: String, first: Int, directory: String) throws(BuildError) -> [BuilderNode] {
            let specs = try peer.specs(address: address, node: node)
            guard !specs.isEmpty else {
                throw BuildError(.usage, "a builder needs a node; give its address, such as unix:///run/docker.sock")
            }
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
                if index < platform.count {
                    let own = try FlagValue.of("--platform") { () throws(ParseError) in
                        try Platform.list(parsing: platform[index])
                    }
                    node.platforms += own.map(\.description).filter { !node.platforms.contains($0) }
                }
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
                "Takes a builder into use for builds that name no other; 'default' goes back to the environment's."
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
            abstract: "Forgets named builders; their engines and caches stay as they are."
        )

        @Argument(help: "The builders' names; the one in use without.")
        var names: [String] = []

        @Flag(help: "Forget all whose nodes can't be reached.")
        var allInactive = false

        /// Docker's: nothing is asked, and engines and their state always stay.
        @Flag(help: .hidden)
        var force = false

        @Flag(help: .hidden)
        var keepDaemon = false

        @Flag(help: .hidden)
        var keepState = false

        func validate() throws {
            if allInactive, !names.isEmpty { throw ValidationError("--all-inactive and names can't be used together") }
        }
    }
}
