import CaissonBuildModel
import FoundationEssentials

/// Docker's contexts as its command keeps them under `$DOCKER_CONFIG/contexts`.
struct DockerContexts {
    /// One context.
    struct Context: Hashable {
        var name: String
        /// Empty where the context has no docker endpoint.
        var host: String
        var skipsVerification: Bool
        /// The directory's name under `meta` and `tls`.
        var identifier: String
    }

    let environment: DiscoveryEnvironment

    /// Docker's configuration directory.
    var directory: String { environment.variable("DOCKER_CONFIG") ?? environment.home + "/.docker" }

    /// The name of the active context; nil is docker's default.
    func activeName() throws(EngineError) -> (name: String, origin: FieldMessage)? {
        if let name = environment.variable("DOCKER_CONTEXT") {
            return name == "default" ? nil : (name, "DOCKER_CONTEXT")
        }
        let path = directory + "/config.json"
        guard let content = try environment.read(path) else { return nil }
        let file: ConfigFile = try Self.decode(content, of: path)
        guard let name = file.currentContext, !name.isEmpty, name != "default" else { return nil }
        return (name, FieldMessage(path))
    }

    /// All contexts, by name; a broken one is left out.
    func all() -> [Context] {
        let root = directory + "/contexts/meta"
        return environment.list(root).compactMap { identifier in
            guard let content = try? environment.read("\(root)/\(identifier)/meta.json"),
                let meta: MetaFile = try? Self.decode(content, of: identifier), let name = meta.Name
            else { return nil }
            let docker = meta.Endpoints?["docker"]
            return Context(
                name: name,
                host: docker?.Host ?? "",
                skipsVerification: docker?.SkipTLSVerify ?? false,
                identifier: identifier
            )
        }.sorted { $0.name < $1.name }
    }

    /// The endpoint of a context; nil when it has none for docker.
    func endpoint(named name: String, origin: FieldMessage) throws(EngineError) -> EngineEndpoint? {
        let contexts = all()
        guard let context = contexts.first(where: { $0.name == name }) else {
            let known = contexts.map(\.name).joined(separator: ", ")
            throw EngineError(
                .configuration,
                "there is no docker context “\(name)” (from \(message: origin)) in \(directory)/contexts;"
                    + (known.isEmpty ? " there are none" : " there are: \(known)")
            )
        }
        guard !context.host.isEmpty else { return nil }
        let address = try HostAddress(parsing: context.host)
        let tls = try tlsFiles(context)
        return EngineEndpoint(
            address: address.withDefaultPort(tls == nil ? 2375 : 2376).description,
            kind: .dockerd,
            tls: address.scheme == "unix" ? nil : tls,
            origin: "the docker context “\(name)”"
        )
    }

    private func tlsFiles(_ context: Context) throws(EngineError) -> TLSFiles? {
        let base = "\(directory)/contexts/tls/\(context.identifier)/docker"
        let names = environment.list(base)
        guard !names.isEmpty || context.skipsVerification else { return nil }
        return try TLSFiles.among(
            names,
            in: base,
            verifiesServer: !context.skipsVerification,
            origin: "the docker context “\(context.name)”"
        )
    }

    private static func decode<T: Decodable>(_ content: [UInt8], of path: String) throws(EngineError) -> T {
        do {
            return try JSONDecoder().decode(T.self, from: Data(content))
        } catch {
            throw EngineError(.configuration, "\(path) is not valid JSON of docker's; repair or remove it")
        }
    }

    private struct ConfigFile: Decodable {
        var currentContext: String?
    }

    // Docker's own spelling of the keys.
    private struct MetaFile: Decodable {
        var Name: String?
        var Endpoints: [String: Endpoint]?

        struct Endpoint: Decodable {
            var Host: String?
            var SkipTLSVerify: Bool?
        }
    }
}

extension TLSFiles {
    /// Those of docker's three file names that a directory has.
    static func among(
        _ names: [String],
        in directory: String,
        verifiesServer: Bool,
        origin: FieldMessage
    ) throws(EngineError) -> TLSFiles {
        func path(_ name: String) -> String? { names.contains(name) ? directory + "/" + name : nil }
        let files = TLSFiles(
            authority: path("ca.pem"),
            certificate: path("cert.pem"),
            key: path("key.pem"),
            verifiesServer: verifiesServer
        )
        guard (files.certificate == nil) == (files.key == nil) else {
            let missing = files.key == nil ? "key.pem" : "cert.pem"
            throw EngineError(.configuration, "\(directory) (from \(message: origin)) lacks \(missing); add it")
        }
        return files
    }
}

extension Discovery {
    /// The names of docker's contexts, sorted.
    package func contextNames() -> [String] { DockerContexts(environment: environment).all().map(\.name) }
}
