import ArgumentParser
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonEngines
import CaissonText
import FoundationEssentials

/// The flags of `docker buildx create`: nodes that run already, and containers that are made for a builder.
struct PeerCreateOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "docker-container: the engine is a container that is made at the address of a dockerd. remote or kubernetes: how the "
                + "address of one that runs is reached.",
            valueName: "driver"
        )
    )
    var driver: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "For remote: cacert=, cert= and key=. For docker-container: image=, network=, memory=, memory-swap=, cpu-period=, "
                + "cpu-quota=, cpu-shares=, cpuset-cpus=, cpuset-mems=, cgroup-parent=, restart-policy=, env.NAME=, "
                + "default-load= and provenance-add-gha=. Repeatable.",
            valueName: "key=value,…"
        )
    )
    var driverOpt: [String] = []

    @Option(
        name: [.customLong("buildkitd-config"), .customLong("config")],
        parsing: .unconditional,
        help: ArgumentHelp(
            "For docker-container: the file of buildkitd's configuration, whose certificates come along.",
            valueName: "file"
        )
    )
    var buildkitdConfig: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("For docker-container: further arguments of buildkitd.", valueName: "arguments")
    )
    var buildkitdFlags: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --bootstrap: how long a node may take until it answers, 20s without; the time in which images are pulled isn't "
                + "counted.",
            valueName: "duration"
        )
    )
    var timeout: String?

    @Flag(help: "Start containers at once, reach all nodes, and fail where one can't be.")
    var bootstrap = false

    @Flag(help: "Take the node that --node names out of the builder.")
    var leave = false

    /// The schemes of the addresses that a driver reaches, and how such an engine is made where there is none.
    private static let drivers: [String: (schemes: [String], advice: String)] = [
        "remote": (["unix", "tcp", "http", "https", "ssh", "docker-container", "kube-pod"], ""),
        "docker-container": (
            ["docker-container"],
            "give the address of the dockerd by itself, or name a container that runs, as docker-container://CONTAINER"
        ),
        "kubernetes": (
            ["kube-pod"],
            "no pods are started here: ‘kubectl create deployment NAME --image moby/buildkit:buildx-stable-1’ (its container has to "
                + "be privileged) or ‘docker buildx create --driver kubernetes --name NAME --bootstrap’ makes them; then name one, "
                + "as kube-pod://POD or kube-pod://deployment/NAME?namespace=NAMESPACE"
        ),
        "docker": ([], "dockerd needs no builder: a docker context's name is one, and ‘default’ is DOCKER_HOST's"),
    ]

    /// How long nodes may take with `--bootstrap`.
    func limit() throws(BuildError) -> Duration {
        guard let timeout else { return .seconds(20) }
        guard let limit = GoDuration.parse(timeout), limit > .zero else {
            throw BuildError(.usage, "--timeout takes a span of time such as 20s or 1m30s, not \(timeout.quoted)")
        }
        return limit
    }

    /// The name that `--node` gives to a container which is made at an address; nil for nodes that run already.
    ///
    /// - Parameters:
    ///   - name: The name without `--node`.
    ///   - isDefault: Whether a container is meant where no driver is named.
    func container(
        _ name: String,
        at address: String?,
        node: [String],
        isDefault: Bool
    ) throws(BuildError) -> String? {
        guard driver == "docker-container" || (driver == nil && isDefault) else { return nil }
        if node.contains(where: { !Self.isName($0) }) || address?.hasPrefix("docker-container://") == true {
            return nil
        }
        guard node.count < 2 else {
            throw BuildError(
                .usage,
                "--node gives one container the names \(node.joined(separator: " and ")); give it one"
            )
        }
        return node.first ?? name
    }

    /// The descriptions of the nodes, each an address with fields.
    func specs(address: String?, node: [String]) throws(BuildError) -> [String] {
        try refuseDaemonSettings()
        let names = node.filter(Self.isName)
        var specs = node.filter { !Self.isName($0) }
        if let address {
            guard names.count < 2 else {
                throw BuildError(
                    .usage,
                    "--node gives the address the names \(names.joined(separator: " and ")); give it one"
                )
            }
            let fields = (names.first.map { [",name=\($0)"] } ?? []) + (try remoteFields())
            specs.insert(try resolved(address) + fields.joined(), at: 0)
        } else if let name = names.first {
            throw BuildError(.usage, "--node \(name) is a node's name; give its address too, such as tcp://HOST:PORT")
        } else if !driverOpt.isEmpty {
            throw BuildError(.usage, "--driver-opt is of the node at an address; give that, such as tcp://HOST:PORT")
        }
        try checkDriver(specs)
        return specs
    }

    /// Whether it can only be a name: an address has a scheme, a path or a port.
    private static func isName(_ text: String) -> Bool {
        !text.contains(where: { "/:,=".contains($0) }) && (try? BuilderRecord.checkName(text)) != nil
    }

    /// The address that a word is: itself, or that of a docker context.
    private func resolved(_ address: String) throws(BuildError) -> String {
        guard Self.isName(address) || address == "default" else { return address }
        let environment = ProcessInfo.processInfo.environment
        do {
            let discovery = Discovery(environment: .ofThisProcess(variables: environment))
            switch try discovery.named(Discovery.Selection(builder: address)) {
            case .endpoint(let endpoint): return endpoint.address
            case .privateEngine, nil: return "unix:///var/run/docker.sock"
            }
        } catch {
            throw BuildError(error)
        }
    }

    private func refuseDaemonSettings() throws(BuildError) {
        let settings = [("--buildkitd-config", buildkitdConfig), ("--buildkitd-flags", buildkitdFlags)]
        for (flag, value) in settings where value != nil {
            throw BuildError(
                .usage,
                "\(flag) is for an engine that is started, and this address is of one that runs; --driver docker-container starts one "
                    + "at a dockerd, else give that buildkitd --config and flags of its own"
            )
        }
    }

    /// The driver's options as fields of the node.
    private func remoteFields() throws(BuildError) -> [String] {
        var fields: [String] = []
        for text in driverOpt {
            guard let options = CommaFields.parse(text) else {
                throw BuildError(.usage, "--driver-opt: the quotes in \(text.quoted) are wrong")
            }
            for option in options where option != "default-load=false" { fields.append(try Self.field(option)) }
        }
        return fields
    }

    private static func field(_ option: String) throws(BuildError) -> String {
        guard let (key, file) = option.cut(at: "="), ["cacert", "cert", "key"].contains(key) else {
            throw BuildError(
                .usage,
                "--driver-opt \(option.quoted) has no effect on an engine that runs already; known are cacert=, cert= and key=; "
                    + "‘caisson build --load’ loads images"
            )
        }
        guard !file.contains(where: { ",\"".contains($0) }) else {
            throw BuildError(.usage, "--driver-opt \(option.quoted): the file's name can't have commas or quotes")
        }
        return "," + option
    }

    private func checkDriver(_ specs: [String]) throws(BuildError) {
        guard let driver else { return }
        guard let known = Self.drivers[driver] else {
            throw BuildError(
                .usage,
                "--driver \(driver.quoted) is unknown; expected remote, docker-container or kubernetes"
            )
        }
        for spec in specs.isEmpty ? [""] : specs {
            let scheme = spec.hasPrefix("/") ? "unix" : spec.contains("://") ? spec.cut(at: ":")?.head ?? "" : "tcp"
            guard spec.isEmpty || !known.schemes.contains(scheme) else { continue }
            if driver == "remote" {
                throw BuildError(.usage, "--driver remote needs the engine's address, such as tcp://HOST:PORT")
            }
            throw BuildError(.usage, "--driver \(driver): \(known.advice)")
        }
    }
}
