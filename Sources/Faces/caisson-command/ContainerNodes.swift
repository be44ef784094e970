import CaissonBuildModel
import CaissonEngineContainers
import CaissonEngineDiscovery
import CaissonEngines
import CaissonText
import FoundationEssentials

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
