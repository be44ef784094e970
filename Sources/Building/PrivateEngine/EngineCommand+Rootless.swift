import CaissonBuildModel
import CaissonEngineDiscovery

extension EngineCommand {
    /// What comes before an engine's own arguments where an ordinary user starts it.
    ///
    /// rootlesskit makes the namespaces and runs the engine as their root; dockerd needs directories under /run of its
    /// own, whose present entries are links to what belongs to the host's root.
    var rootlessPrefix: [String] {
        guard let rootless = engine.rootless, rootless.kit != nil else { return [] }
        var arguments = ["rootlesskit", "--state-dir", paths.exec + "/rootlesskit"]
        arguments +=
            network == .none ? ["--net=host"] : ["--net=slirp4netns", "--mtu=65520", "--disable-host-loopback"]
        arguments += ["--copy-up=/etc"]
        guard engine.kind == .dockerd else { return arguments }
        // The script is this text alone: what varies comes to it as arguments.
        let script = #"rm -f /run/docker /run/containerd /run/xtables.lock; exec "$@""#
        return arguments + ["--copy-up=/run", "/bin/sh", "-c", script, "sh"]
    }

    /// Podman's argument vector: all of its state in our directories.
    var podman: [String] {
        var arguments = [
            "podman", "--root", paths.data + "/podman", "--runroot", paths.podmanRun,
            "--tmpdir", paths.exec + "/libpod", "--network-config-dir", paths.networks,
            // Neither systemd nor its journal need be there.
            "--cgroup-manager", "cgroupfs", "--events-backend", "none",
        ]
        if let runtime = engine.runtime { arguments += ["--runtime", runtime] }
        return arguments + ["system", "service", "--time=0", "unix://" + paths.socket]
    }

    /// The description of podman's network of that name: a bridge of our own, which the system's podman doesn't know.
    static func podmanNetwork(bridge: String, subnet: BridgeSubnet) -> String {
        """
        {"name": "podman", "id": "\(String(repeating: "ca15", count: 16))", "driver": "bridge",
         "network_interface": "\(bridge)", "created": "2026-01-01T00:00:00Z",
         "subnets": [{"subnet": "\(subnet.description)", "gateway": "\(BridgeSubnet.dotted(subnet.gateway))"}],
         "ipv6_enabled": false, "internal": false, "dns_enabled": false, "ipam_options": {"driver": "host-local"}}
        """
    }
}
