import CaissonBuildModel
import CaissonText
import FoundationEssentials

/// The builders that docker buildx keeps under `$BUILDX_CONFIG`, else `$DOCKER_CONFIG/buildx`; they are read, never written.
///
/// ```
/// instances/NAME     a builder: its driver and its nodes
/// current            the one taken into use, for one docker endpoint or for all
/// defaults/HASH      the default of the docker endpoint whose digest begins so
/// ```
struct BuildxBuilders: Sendable {
    let environment: DiscoveryEnvironment

    private var docker: DockerContexts { DockerContexts(environment: environment) }

    /// The directory.
    var directory: String { environment.variable("BUILDX_CONFIG") ?? docker.directory + "/buildx" }

    /// The names of all, sorted.
    func names() -> [String] {
        environment.list(directory + "/instances").filter { (try? BuilderRecord.checkName($0)) != nil }.sorted()
    }

    /// The builder of that name with its nodes' addresses as ours; nil where buildx has none.
    func read(_ name: String) throws(EngineError) -> BuilderRecord? {
        let path = directory + "/instances/" + name
        guard (try? BuilderRecord.checkName(name)) != nil, let content = try environment.read(path) else { return nil }
        guard let group = try? JSONDecoder().decode(Group.self, from: Data(content)), let nodes = group.Nodes,
            !nodes.isEmpty
        else {
            throw EngineError(.configuration, "\(path) is no builder of buildx; repair or remove it")
        }
        var record = BuilderRecord(name: name, nodes: [])
        record.isBuildx = true
        for node in nodes { record.nodes.append(try self.node(node, driver: group.Driver ?? "docker", of: name)) }
        return record
    }

    /// The builder that was taken into use for docker's endpoint; nil where that is docker's own engine.
    func current() throws(EngineError) -> String? {
        let key = try dockerEndpoint()
        let path = directory + "/current"
        if let content = try environment.read(path) {
            guard let current = try? JSONDecoder().decode(Current.self, from: Data(content)) else {
                throw EngineError(.configuration, "\(path) is no JSON of buildx; repair or remove it")
            }
            if let name = current.Name, !name.isEmpty, current.Global == true || current.Key == key {
                if names().contains(name) { return name }
                if current.Global != true { return nil }
            }
        }
        let hash = ContentDigest(of: Array(key.utf8)).hex.prefix(20)
        guard let content = try environment.read(directory + "/defaults/\(hash)") else { return nil }
        let name = String(decoding: content, as: UTF8.self)
        return names().contains(name) ? name : nil
    }

    /// What buildx calls the docker engine that it stands beside: a context's name, or the default one's address.
    private func dockerEndpoint() throws(EngineError) -> String {
        if let host = environment.variable("DOCKER_HOST") { return host }
        return try docker.activeName()?.name ?? "unix:///var/run/docker.sock"
    }

    private func node(_ node: Group.Node, driver: String, of builder: String) throws(EngineError) -> BuilderNode {
        let name = node.Name ?? builder
        let endpoint = node.Endpoint ?? ""
        let options = node.DriverOpts ?? [:]
        let platforms = (node.Platforms ?? []).compactMap(\.platform)
        switch driver {
        case "docker-container":
            let engine =
                endpoint.contains("://") ? "?host=\(endpoint)" : endpoint.isDefault ? "" : "?context=\(endpoint)"
            let address = "docker-container://\(NodeContainer.name(ofNode: name))\(engine)"
            var made = try BuilderNode(name: name, address: address, platforms: platforms)
            made.container = node.container
            return made
        case "kubernetes":
            return try BuilderNode(name: name, address: pod(name, endpoint, options), platforms: platforms)
        case "remote":
            var made = try BuilderNode(name: name, address: endpoint, platforms: platforms)
            if let server = options["servername"], server != HostAddress.host(of: made.address) {
                throw EngineError(
                    .configuration,
                    "the node \(name) of buildx's builder “\(builder)” is checked for the name “\(server)”, which isn't followed "
                        + "here; give it an address with that name"
                )
            }
            (made.authority, made.certificate, made.key) = (options["cacert"], options["cert"], options["key"])
            return made
        case "docker":
            let address = endpoint.contains("://") ? endpoint : try self.address(ofContext: endpoint)
            return try BuilderNode(name: name, address: address, platforms: platforms)
        default:
            throw EngineError(
                .configuration,
                "buildx's builder “\(builder)” has the driver “\(driver)”, which isn't known here; use docker-container, "
                    + "kubernetes or remote"
            )
        }
    }

    private func address(ofContext name: String) throws(EngineError) -> String {
        guard !name.isDefault, let endpoint = try docker.endpoint(named: name, origin: "buildx's builder") else {
            return "unix:///var/run/docker.sock"
        }
        return endpoint.address
    }

    /// `kubernetes:///NAME?deployment=…&kubeconfig=…`, as buildx writes it, or a context's name.
    private func pod(_ name: String, _ endpoint: String, _ options: [String: String]) -> String {
        var fields: [String: String] = [:]
        if let query = endpoint.cut(at: "?")?.tail {
            for field in query.split(separator: "&") {
                if let (key, value) = String(field).cut(at: "=") { fields[key] = value }
            }
        }
        let isStateful = options.keys.contains { $0.hasPrefix("persistent-volume-claim.") }
        let deployment = fields["deployment"].flatMap { $0.isEmpty ? nil : $0 } ?? name.replacing("_", with: "-")
        var query: [String] = []
        if let namespace = options["namespace"] { query.append("namespace=\(namespace)") }
        if let file = fields["kubeconfig"]?.percentDecoded, !file.isEmpty { query.append("kubeconfig=\(file)") }
        return "kube-pod://\(isStateful ? "statefulset" : "deployment")/\(deployment)"
            + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    // Buildx's own spelling of the keys.
    private struct Current: Decodable {
        var Key: String?
        var Name: String?
        var Global: Bool?
    }

    private struct Group: Decodable {
        var Driver: String?
        var Nodes: [Node]?

        struct Node: Decodable {
            var Name: String?
            var Endpoint: String?
            var Platforms: [Words]?
            var DriverOpts: [String: String]?
            var Flags: [String]?
            var Files: [String: Data]?

            /// What buildx would make the node's container of.
            var container: NodeContainer {
                let files = (Files ?? [:]).map { ("/etc/buildkit/" + $0.key, $0.value) }
                return NodeContainer(
                    options: DriverOpts ?? [:],
                    arguments: Flags ?? [],
                    files: Dictionary(files) { first, _ in first }
                )
            }
        }

        struct Words: Decodable {
            var os: String
            var architecture: String
            var variant: String?

            var platform: Platform? {
                try? Platform(parsing: [os, architecture, variant ?? ""].filter { !$0.isEmpty }.joined(separator: "/"))
            }
        }
    }
}

extension String {
    /// Whether docker's default context is meant.
    fileprivate var isDefault: Bool { isEmpty || self == "default" }
}
