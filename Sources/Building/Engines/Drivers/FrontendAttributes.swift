import CaissonBuildModel

extension BuildRequest {
    /// The request as options of BuildKit's Dockerfile front end (moby/buildkit frontend/dockerui/config.go).
    ///
    /// - Throws: `BuildError` with code `unsupported` for an option that this engine would silently ignore.
    func frontendAttributes(for features: EngineFeatures) throws(BuildError) -> [String: String] {
        try refuseWhatIsIgnored(by: features)
        var attributes: [String: String] = [:]
        for (name, value) in buildArgs { attributes["build-arg:\(name)"] = value }
        for (name, value) in labels { attributes["label:\(name)"] = value }
        if let target { attributes["target"] = target }
        if !platforms.isEmpty { attributes["platform"] = platforms.map(\.description).joined(separator: ",") }
        switch noCache {
        case .off: break
        case .all: attributes["no-cache"] = ""
        case .stages(let stages): attributes["no-cache"] = stages.joined(separator: ",")
        }
        if pull {
            attributes["image-resolve-mode"] = "pull"
        } else if features.isDockerd {
            // dockerd has images of its own, which a build may use without asking a registry.
            attributes["image-resolve-mode"] = "local"
        }
        if let network, network != .default { attributes["force-network-mode"] = network.rawValue }
        if !extraHosts.isEmpty { attributes["add-hosts"] = try hosts(for: features) }
        if let shmSize, shmSize > 0 { attributes["shm-size"] = String(shmSize) }
        if !ulimits.isEmpty {
            attributes["ulimit"] = ulimits.map { "\($0.name)=\($0.soft):\($0.hard)" }.joined(separator: ",")
        }
        if let cgroupParent { attributes["cgroup-parent"] = cgroupParent }
        attributes.merge(resources.attributes) { own, _ in own }
        attributes.merge(statements(features)) { own, _ in own }
        return attributes.merging(revision?.attributes ?? [:]) { own, _ in own }
    }

    private func statements(_ features: EngineFeatures) -> [String: String] {
        var attributes: [String: String] = [:]
        for attestation in attestations where !attestation.isDisabled {
            attributes["attest:\(attestation.kind.rawValue)"] = attestation.record
        }
        // As buildx does, where the result is an image that can have it (docker/buildx build/opt.go).
        if features.hasAttestations, !attestations.contains(where: { $0.kind == .provenance }) {
            attributes["attest:provenance"] = "mode=min,inline-only=true"
        }
        return attributes
    }

    /// The proxies of a configuration as attributes, without those that the request has in whatever spelling.
    ///
    /// The engine takes `http_proxy` and `HTTP_PROXY` for one, and of two any; an empty one of the user's means none.
    func proxyAttributes(_ proxies: [String: String]) -> [String: String] {
        let own = Set(buildArgs.keys.map { $0.lowercased() })
        let others = proxies.filter { !own.contains($0.key.lowercased()) }
        return Dictionary(uniqueKeysWithValues: others.map { ("build-arg:\($0.key)", $0.value) })
    }

    /// The powers that the request needs.
    var allEntitlements: [String] {
        let network = network == .host ? ["network.host"] : []
        return network + entitlements.filter { !$0.allowsDeletion }.map(\.text).filter { !network.contains($0) }
    }

    private func refuseWhatIsIgnored(by features: EngineFeatures) throws(BuildError) {
        try refuseAttestations(features)
        try refuseContexts(features)
        guard !features.hasStepLimits else { return }
        let asked: [(field: RequestField, isAsked: Bool)] = [
            (.shmSize, shmSize != nil), (.ulimits, !ulimits.isEmpty), (.cgroupParent, cgroupParent != nil),
        ]
        for (field, isAsked) in asked where isAsked {
            throw BuildError(
                .unsupported,
                "\(field: field) has no effect on \(features.name) — it needs dockerd 23.0, buildkitd 0.11, or newer"
            )
        }
    }

    private func hosts(for features: EngineFeatures) throws(BuildError) -> String {
        var entries: [String] = []
        for host in extraHosts {
            guard host.isGateway else {
                entries.append("\(host.name)=\(host.address)")
                continue
            }
            guard let gateway = features.hostGateway else {
                throw BuildError(
                    .unsupported,
                    "\(field: .extraHosts) \(host.name):host-gateway can't be resolved on \(features.name) — write the host's address"
                )
            }
            entries.append("\(host.name)=\(gateway)")
        }
        return entries.joined(separator: ",")
    }

    private func refuseAttestations(_ features: EngineFeatures) throws(BuildError) {
        guard let wanted = attestations.first(where: { !$0.isDisabled }), !features.hasAttestations else { return }
        throw BuildError(
            .unsupported,
            "\(field: wanted.kind == .provenance ? .provenance : .sbom) can't be done by \(features.name) — use dockerd with the containerd image store, or "
                + "buildkitd 0.11 or newer (\(field: .engineAddress))"
        )
    }

    private func refuseContexts(_ features: EngineFeatures) throws(BuildError) {
        for (name, context) in contexts.sorted(by: { $0.key < $1.key }) {
            guard features.hasStepLimits else {
                throw BuildError(
                    .unsupported,
                    "\(field: .contexts) \(name) has no effect on \(features.name) — it needs dockerd 23.0, buildkitd 0.11, or "
                        + "newer"
                )
            }
            if case .layout = context, !features.hasArchiveExporters {
                throw BuildError(
                    .unsupported,
                    "\(field: .contexts) \(name)=oci-layout:// can't be read by \(features.name) — use dockerd with the "
                        + "containerd image store, or buildkitd (\(field: .engineAddress))"
                )
            }
        }
    }
}
