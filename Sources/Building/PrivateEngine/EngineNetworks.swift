import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem

/// The ways to give an engine's RUN steps a network, the best first.
enum EngineNetworks {
    /// One way.
    struct Choice: Sendable, Hashable {
        var network: EngineCommand.Network
        /// The bridge's addresses, with a bridge.
        var subnet: BridgeSubnet?
        /// What the user should know about it.
        var notice: String?
    }

    /// What is worth trying on this machine.
    static func inOrder(_ engine: InstalledEngine, paths: StatePaths, search: ProgramSearch) -> [Choice] {
        if let rootless = engine.rootless { return inNamespace(rootless, engine, paths) }
        guard engine.kind != .buildkitd else { return [Choice(network: .engine)] }
        let routes = BridgeSubnet.routesOfThisMachine()
        let resolver = try? BoundedFile.read("/etc/resolv.conf", limit: 64 << 10)
        let servers = BridgeSubnet.nameServers(in: String(decoding: resolver ?? [], as: UTF8.self))
        // From 28 on the dockerd that starts last takes the forwarding chain from those that run.
        if engine.kind == .dockerd, engine.major >= 28, anotherRuns(paths) {
            return [without("another dockerd runs, whose containers would lose theirs")]
        }
        guard search.find("iptables") != nil else { return [without("iptables is not installed")] }
        guard let subnet = BridgeSubnet.choose(routes: routes, nameServers: servers) else {
            return [without("no private address range is free")]
        }
        let network = EngineCommand.Network.bridge(Bridge(paths).name, mtu: EngineCommand.smallMTU(routes))
        let bridged = Choice(network: network, subnet: subnet)
        // Podman makes its bridge itself, and only when a step needs it.
        guard engine.kind == .dockerd else { return [bridged] }
        return [bridged, without("a bridge can't be set up here; see \(paths.log)")]
    }

    /// An ordinary user's engine has a network of its own by slirp4netns, or the host's.
    private static func inNamespace(_ rootless: Rootless, _ engine: InstalledEngine, _ paths: StatePaths) -> [Choice] {
        if rootless.slirp != nil {
            let first = Choice(network: .engine)
            // Podman calls slirp4netns for each step: nothing that fails at the start.
            return engine.kind == .podman
                ? [first] : [first, shared("it can't be set up here; see \(paths.log)", engine)]
        }
        return [shared("slirp4netns is not installed, or you may not open /dev/net/tun", engine)]
    }

    /// With the host's network alone: buildkitd's steps get it unasked, the others' don't.
    private static func shared(_ reason: String, _ engine: InstalledEngine) -> Choice {
        guard engine.kind == .buildkitd else { return without(reason) }
        return Choice(
            network: .none,
            notice: "the private engine has no network of its own (\(reason)): RUN steps share the host's"
        )
    }

    private static func without(_ reason: String) -> Choice {
        Choice(
            network: .none,
            notice: "the private engine has no network of its own (\(reason)): RUN steps need --network host or none"
        )
    }

    private static func anotherRuns(_ paths: StatePaths) -> Bool {
        let remains = EngineRemains(paths: paths)
        return ProcessTable.all().contains { pid in
            let arguments = ProcessTable.arguments(of: pid)
            return arguments.first?.split(separator: "/").last == "dockerd" && !remains.isEngine(arguments)
        }
    }
}
