import CaissonBuildModel

/// Decides which engine a build goes to.
///
/// All it knows of the world it asks of its `DiscoveryEnvironment`.
///
/// An engine that is *named* (flag, variable, context) is taken or is an error. The default sockets are *looked at*: a
/// dead one is passed over with a notice, one that isn't ours is remembered, and an error when nothing else is there.
package struct Discovery: Sendable {
    /// What the command line says about the engine.
    package struct Selection: Sendable, Hashable {
        /// `--addr`.
        package var address: String?
        /// `--builder`: `private`, `default`, a docker context's name, or an address.
        package var builder: String?

        /// Makes a selection; nothing given leaves the choice to the environment.
        package init(address: String? = nil, builder: String? = nil) {
            self.address = address
            self.builder = builder
        }
    }

    /// What was decided.
    package enum Choice: Sendable, Hashable {
        /// An engine that runs already.
        case endpoint(EngineEndpoint)
        /// The engine that we start ourselves.
        case privateEngine
    }

    /// A decision and what the user should hear about it.
    package struct Result: Sendable, Hashable {
        /// The engine to use.
        package var choice: Choice
        /// What was passed over on the way, and why.
        package var notices: [String]
    }

    /// The name of the engine that we start ourselves.
    package static let privateName = "private"

    let environment: DiscoveryEnvironment

    /// Makes a discovery in an environment.
    package init(environment: DiscoveryEnvironment) {
        self.environment = environment
    }

    /// Chooses the engine.
    package func choose(_ selection: Selection = Selection()) throws(EngineError) -> Result {
        switch try named(selection) {
        case .privateEngine?:
            return Result(choice: .privateEngine, notices: [])
        case .endpoint(let endpoint)?:
            try require(endpoint)
            return Result(choice: .endpoint(endpoint), notices: [])
        case nil:
            return try lookAtDefaults()
        }
    }

    /// The engine that flags, variables or the docker context name, in the order of their precedence.
    package func named(_ selection: Selection) throws(EngineError) -> Choice? {
        if selection.builder != nil, selection.address != nil {
            throw EngineError(
                .badAddress,
                "\(field: .builder) and \(field: .engineAddress) both name an engine; give one of them"
            )
        }
        if let address = selection.address {
            return .endpoint(try endpoint(address, kind: .unknown, origin: "\(field: .engineAddress)"))
        }
        if let builder = selection.builder { return try named(builder: builder) }
        if let address = environment.variable("CAISSON_HOST") {
            if address == Self.privateName { return .privateEngine }
            return .endpoint(try endpoint(address, kind: .unknown, origin: "CAISSON_HOST"))
        }
        if let builder = environment.variable("BUILDX_BUILDER") { return try named(buildx: builder) }
        if let address = environment.variable("BUILDKIT_HOST") {
            return .endpoint(try endpoint(address, kind: .buildkitd, origin: "BUILDKIT_HOST"))
        }
        return try namedForDocker().map { .endpoint($0) }
    }

    private func named(buildx builder: String) throws(EngineError) -> Choice? {
        do {
            return try named(builder: builder)
        } catch {
            throw EngineError(error.code, "BUILDX_BUILDER: \(message: error.wording)")
        }
    }

    private func named(builder: String) throws(EngineError) -> Choice? {
        if builder == Self.privateName { return .privateEngine }
        if builder == "default" { return try dockerHost().map { .endpoint($0) } }
        guard !builder.isEmpty else {
            throw EngineError(
                .badAddress,
                "\(field: .builder) is empty; give private, default, a docker context or an address"
            )
        }
        if builder.hasPrefix("/") || builder.contains("://") {
            return .endpoint(try endpoint(builder, kind: .unknown, origin: "\(field: .builder)"))
        }
        let contexts = DockerContexts(environment: environment)
        guard contexts.all().contains(where: { $0.name == builder }) else {
            let known =
                [Self.privateName, "default"] + contexts.all().map(\.name)
                + BuildxBuilders(environment: environment).names()
            throw EngineError(
                .badAddress,
                "there is no builder “\(builder)”; there are \(known.joined(separator: ", ")), or an address"
            )
        }
        return try contexts.endpoint(named: builder, origin: "\(field: .builder)").map { .endpoint($0) }
    }

    private func namedForDocker() throws(EngineError) -> EngineEndpoint? {
        if let endpoint = try dockerHost() { return endpoint }
        if environment.variable("DOCKER_CONTEXT") == nil, let host = environment.variable("CONTAINER_HOST") {
            return try endpoint(host, kind: .podman, origin: "CONTAINER_HOST")
        }
        let contexts = DockerContexts(environment: environment)
        guard let active = try contexts.activeName() else { return nil }
        return try contexts.endpoint(named: active.name, origin: active.origin)
    }

    /// The dockerd that `docker` itself would speak to: of `DOCKER_HOST`, of the context in use, or at the usual place.
    package func docker() throws(EngineError) -> EngineEndpoint {
        if let endpoint = try dockerHost() { return endpoint }
        let contexts = DockerContexts(environment: environment)
        if let active = try contexts.activeName(),
            let endpoint = try contexts.endpoint(named: active.name, origin: active.origin)
        {
            return endpoint
        }
        return EngineEndpoint(
            address: "unix:///var/run/docker.sock",
            kind: .dockerd,
            origin: "docker's usual socket"
        )
    }

    private func dockerHost() throws(EngineError) -> EngineEndpoint? {
        guard let host = environment.variable("DOCKER_HOST") else { return nil }
        var endpoint = try endpoint(host, kind: .dockerd, origin: "DOCKER_HOST")
        let address = try HostAddress(parsing: endpoint.address)
        guard address.scheme == "tcp" else { return endpoint }
        endpoint.tls = try dockerTLS()
        endpoint.address = address.withDefaultPort(endpoint.tls == nil ? 2375 : 2376).description
        return endpoint
    }

    /// Docker's rule: either variable turns TLS on, only `DOCKER_TLS_VERIFY` has the server checked.
    func dockerTLS() throws(EngineError) -> TLSFiles? {
        let verifies = environment.variable("DOCKER_TLS_VERIFY") != nil
        guard verifies || environment.variable("DOCKER_TLS") != nil else { return nil }
        let named = environment.variable("DOCKER_CERT_PATH")
        let directory = named ?? DockerContexts(environment: environment).directory
        return try TLSFiles.among(
            environment.list(directory),
            in: directory,
            verifiesServer: verifies,
            origin: named == nil ? "DOCKER_TLS_VERIFY" : "DOCKER_CERT_PATH"
        )
    }

    func endpoint(
        _ address: String,
        kind: EngineKind,
        origin: FieldMessage
    ) throws(EngineError) -> EngineEndpoint {
        do {
            return EngineEndpoint(
                address: try HostAddress(parsing: address).description,
                kind: kind,
                origin: origin
            )
        } catch {
            throw EngineError(error.code, "\(message: origin): \(message: error.wording)")
        }
    }
}
