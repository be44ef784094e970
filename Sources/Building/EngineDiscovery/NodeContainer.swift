import CaissonBuildModel
import CaissonText
package import FoundationEssentials

/// The container that is a node's engine: what it is made of where there is none yet.
package struct NodeContainer: Sendable, Hashable, Codable {
    /// The driver's options by the names that docker buildx has for them: `image`, `network`, `memory`, `env.NAME`, ….
    package var options: [String: String]
    /// The arguments of its buildkitd.
    package var arguments: [String]
    /// Files that it has from the start, by their absolute paths there.
    package var files: [String: Data]

    /// Makes a description.
    package init(options: [String: String] = [:], arguments: [String] = [], files: [String: Data] = [:]) {
        self.options = options
        self.arguments = arguments
        self.files = files
    }

    /// Where buildkitd's configuration is in the container.
    package static let configuration = "/etc/buildkit/buildkitd.toml"

    /// The name of a node's container, which docker buildx gives its own, too.
    package static func name(ofNode node: String) -> String { "buildx_buildkit_" + node }
}

/// A container and the dockerd that it is at.
package struct ContainerPlace: Sendable, Hashable {
    /// The container's name.
    package var name: String
    /// The dockerd.
    package var dockerd: EngineEndpoint
}

extension Discovery {
    /// The place that an address such as `docker-container://NAME?host=ADDRESS` or `…?context=CONTEXT` means.
    ///
    /// - Throws: `EngineError` with code `badAddress` or `configuration`.
    package func container(at address: String) throws(EngineError) -> ContainerPlace {
        let parsed = try HostAddress(parsing: address)
        let (name, query) = parsed.rest.cut(at: "?") ?? (parsed.rest, "")
        guard parsed.scheme == "docker-container" else {
            throw EngineError(.badAddress, "the address “\(address)” names no container; use docker-container://NAME")
        }
        guard let (key, value) = query.cut(at: "=") else { return ContainerPlace(name: name, dockerd: try docker()) }
        switch key {
        case "host":
            var dockerd = try endpoint(value, kind: .dockerd, origin: "\(address)")
            // As docker itself has it: the variables say how an address of TCP is reached, whoever named it.
            if value.hasPrefix("tcp://") { dockerd.tls = try dockerTLS() }
            return ContainerPlace(name: name, dockerd: dockerd)
        case "context":
            let found = try DockerContexts(environment: environment).endpoint(named: value, origin: "\(address)")
            if let found { return ContainerPlace(name: name, dockerd: found) }
            return ContainerPlace(name: name, dockerd: try docker())
        default:
            throw EngineError(.badAddress, "“\(query)” in “\(address)” isn't understood; known are host= and context=")
        }
    }

    /// How the dockerd that `docker` itself would speak to is written in such an address: `?host=…` or `?context=…`.
    ///
    /// - Throws: `EngineError` with code `configuration` where only variables say how it is reached.
    package func dockerForContainers() throws(EngineError) -> String {
        if let host = environment.variable("DOCKER_HOST") {
            let tls = host.hasPrefix("tcp://") ? try dockerTLS() : nil
            guard tls == nil else {
                throw EngineError(
                    .configuration,
                    "DOCKER_HOST is reached by TLS whose files only variables name, and a builder outlives them — make a docker "
                        + "context with ‘docker context create NAME’, and give its name"
                )
            }
            return "?host=" + (try HostAddress(parsing: host).description)
        }
        if let active = try DockerContexts(environment: environment).activeName() { return "?context=" + active.name }
        return "?host=unix:///var/run/docker.sock"
    }

    /// The same of a dockerd that is named: an address, a docker context, or `default`.
    package func dockerForContainers(named name: String) throws(EngineError) -> String {
        if name.hasPrefix("/") || name.contains("://") {
            let address = try HostAddress(parsing: name)
            guard ["unix", "tcp", "ssh"].contains(address.scheme) else {
                throw EngineError(
                    .badAddress,
                    "there is no dockerd at an address like “\(address)”; give unix://PATH, tcp://HOST:PORT, ssh://HOST or a "
                        + "docker context"
                )
            }
            return "?host=\(address)"
        }
        guard name != "default" else {
            return "?host=" + (environment.variable("DOCKER_HOST") ?? "unix:///var/run/docker.sock")
        }
        _ = try DockerContexts(environment: environment).endpoint(named: name, origin: "the builder's address")
        return "?context=" + name
    }
}
