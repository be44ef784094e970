import FoundationEssentials
import Glibc
import Registry

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

    /// The argument vector.
    var arguments: [String] {
        engine.kind == .buildkitd ? buildkitd : dockerd
    }

    private var buildkitd: [String] {
        var arguments = [
            "buildkitd", "--addr", "unix://" + paths.socket, "--root", paths.data + "/buildkitd",
            "--oci-worker=true", "--containerd-worker=false",
            // As on dockerd, where `--network host` needs nobody's leave.
            "--allow-insecure-entitlement", "network.host",
        ]
        if let runtime = engine.runtime { arguments += ["--oci-worker-binary", runtime] }
        return arguments
    }

    private var dockerd: [String] {
        var arguments = [
            "dockerd", "--config-file", paths.configuration, "--data-root", paths.data + "/dockerd",
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
        return arguments
    }

    /// The variables that reach the engine: no others do, so no secret of the user's environment ends up in it.
    static let passed = [
        "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOCKER_RAMDISK", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    ]

    /// The environment, as `NAME=value`.
    func environment(_ variables: [String: String]) -> [String] {
        var values = variables.filter { Self.passed.contains($0.key) }
        let own = engine.executable.lastIndex(of: "/").map { String(engine.executable[..<$0]) } ?? ""
        let path = InstalledEngine.systemPath.contains(own) || own.isEmpty ? [] : [own]
        values["PATH"] = (path + InstalledEngine.systemPath).joined(separator: ":")
        // The whole output of a step is the user's; the engine would cut it at 200 KiB a second and 2 MiB.
        values["BUILDKIT_STEP_LOG_MAX_SIZE"] = noLimit
        values["BUILDKIT_STEP_LOG_MAX_SPEED"] = noLimit
        return values.map { $0.key + "=" + $0.value }.sorted()
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
