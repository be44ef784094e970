import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem
import FoundationEssentials
import Glibc

/// How an engine is started: its arguments, environment and configuration file.
struct EngineCommand: Sendable, Hashable {
    /// How RUN steps get to the network.
    enum Network: Sendable, Hashable {
        /// Over a bridge of the engine's own, with the given MTU where it isn't the usual one.
        case bridge(String, mtu: Int?)
        /// Only with `--network host`; dockerd fails a step that asks for its bridge.
        case none
        /// As the engine decides.
        case engine
    }

    let engine: InstalledEngine
    let paths: StatePaths
    let network: Network

    /// The program that is started: the engine's own, or the one that makes its namespace.
    var executable: String { engine.rootless?.kit ?? engine.executable }

    /// The argument vector.
    var arguments: [String] {
        switch engine.kind {
        case .buildkitd: rootlessPrefix + buildkitd
        case .podman: podman
        case .dockerd, .unknown: rootlessPrefix + dockerd
        }
    }

    /// How the engine's program is named: rootlesskit has to find it.
    private var name: String { engine.rootless?.kit == nil ? engine.kind.rawValue : engine.executable }

    private var buildkitd: [String] {
        var arguments = [
            name, "--addr", "unix://" + paths.socket, "--root", paths.data + "/buildkitd",
            "--oci-worker=true", "--containerd-worker=false",
            // As on dockerd, where `--network host` needs nobody's leave.
            "--allow-insecure-entitlement", "network.host",
        ]
        if engine.rootless != nil { arguments.append("--rootless") }
        if let runtime = engine.runtime { arguments += ["--oci-worker-binary", runtime] }
        return arguments
    }

    private var dockerd: [String] {
        var arguments = [
            name, "--config-file", paths.configuration, "--data-root", paths.data + "/dockerd",
            "--exec-root", paths.exec, "--pidfile", paths.pidFile, "--host", "unix://" + paths.socket,
            // Where the system's containerd runs dockerd uses that one: its other users' containers aren't ours.
            "--containerd-namespace", "caisson-" + paths.tag,
            "--containerd-plugins-namespace", "caisson-plugins-" + paths.tag,
        ]
        switch network {
        case .bridge(let name, _): arguments += ["--bridge", name]
        case .none:
            arguments += ["--bridge", "none", "--iptables=false"]
            // The flag came with 20.10.
            if engine.major == 0 || engine.major >= 20 { arguments.append("--ip6tables=false") }
        case .engine: break
        }
        // The namespace's root may not turn forwarding on where the network is the host's.
        if engine.rootless != nil, network == .none { arguments += ["--ip-forward=false"] }
        return arguments
    }

    /// The variables that reach the engine: no others do, so no secret of the user's environment ends up in it.
    static let passed = [
        "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOCKER_RAMDISK", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "CONTAINERS_CONF", "CONTAINERS_REGISTRIES_CONF",
    ]

    /// The variable by which the engine's processes are known, whatever their arguments are.
    static let mark = "CAISSON_ENGINE_STATE"

    /// The environment, as `NAME=value`.
    func environment(_ variables: [String: String]) -> [String] {
        var values = variables.filter { Self.passed.contains($0.key) }
        values["PATH"] = (ownDirectories + InstalledEngine.systemPath).joined(separator: ":")
        values[Self.mark] = paths.engine
        // What an ordinary user's engine would share with the user's other ones.
        if engine.rootless != nil { values["XDG_RUNTIME_DIR"] = paths.exec }
        // Podman unpacks contexts there and mounts what steps see: to be cleared away after a crash.
        if engine.kind == .podman { values["TMPDIR"] = paths.temporary }
        // The whole output of a step is the user's; the engine would cut it at 200 KiB a second and 2 MiB.
        values["BUILDKIT_STEP_LOG_MAX_SIZE"] = noLimit
        values["BUILDKIT_STEP_LOG_MAX_SPEED"] = noLimit
        return values.map { $0.key + "=" + $0.value }.sorted()
    }

    /// Where the engine and its namespace's programs are, beside the system's directories.
    private var ownDirectories: [String] {
        let programs = [engine.executable, engine.rootless?.kit, engine.rootless?.slirp, engine.runtime]
        var found: [String] = []
        for case let program? in programs {
            guard let slash = program.lastIndex(of: "/") else { continue }
            let directory = String(program[..<slash])
            if !(found + InstalledEngine.systemPath).contains(directory) { found.append(directory) }
        }
        return found
    }

    /// The value that lifts a limit: dockerd 20.10 takes -1 at its word and drops all output, so it gets the largest number.
    private var noLimit: String {
        engine.kind == .dockerd && engine.major < 23 ? String(Int32.max) : "-1"
    }

    /// The content of dockerd's configuration file: of the system's, what says how to reach registries and names.
    ///
    /// The rest of the system's file (directories, hosts, bridges) belongs to the system's dockerd.
    func configuration(system: [UInt8]?) -> [UInt8] {
        var settings =
            system.flatMap { try? JSONDecoder().decode(DaemonSettings.self, from: Data($0)) } ?? DaemonSettings()
        if case .bridge(_, let mtu?) = network, settings.mtu == nil { settings.mtu = mtu }
        // Multi-platform images and the oci, docker and image exporters need containerd's store.
        if engine.major >= 26 { settings.features = ["containerd-snapshotter": true] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return (try? encoder.encode(settings)).map { Array($0) } ?? Array("{}".utf8)
    }

    /// The MTU of the interface that the default route leaves by, where it is smaller than a bridge's own.
    static func smallMTU(_ routes: [BridgeSubnet.Route]) -> Int? {
        guard let interface = routes.first(where: \.isDefault)?.interface, !interface.contains("/"),
            let content = try? BoundedFile.read("/sys/class/net/\(interface)/mtu", limit: 4096)
        else { return nil }
        let digits = String(decoding: content, as: UTF8.self).filter { $0.isNumber }
        return Int(digits).flatMap { (576..<1500).contains($0) ? $0 : nil }
    }
}

/// The keys of dockerd's configuration that a private engine takes over or sets.
private struct DaemonSettings: Codable {
    var registryMirrors: [String]?
    var insecureRegistries: [String]?
    var dns: [String]?
    var dnsSearch: [String]?
    var dnsOpts: [String]?
    var mtu: Int?
    var features: [String: Bool]?

    enum CodingKeys: String, CodingKey {
        case registryMirrors = "registry-mirrors"
        case insecureRegistries = "insecure-registries"
        case dns
        case dnsSearch = "dns-search"
        case dnsOpts = "dns-opts"
        case mtu
        case features
    }

    init() {}

    /// Features are not taken over, and a key of a wrong type is as good as none.
    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        registryMirrors = try? keys.decodeIfPresent([String].self, forKey: .registryMirrors)
        insecureRegistries = try? keys.decodeIfPresent([String].self, forKey: .insecureRegistries)
        dns = try? keys.decodeIfPresent([String].self, forKey: .dns)
        dnsSearch = try? keys.decodeIfPresent([String].self, forKey: .dnsSearch)
        dnsOpts = try? keys.decodeIfPresent([String].self, forKey: .dnsOpts)
        mtu = try? keys.decodeIfPresent(Int.self, forKey: .mtu)
    }
}
