extension BakeTarget {
    /// The target that a service's build is to bake; a field that says nothing is left out.
    package init(_ service: ComposeTarget) {
        self.init(service.name)
        setTexts(service)
        setTables(service)
        setEntries(service)
        values[.pull] = service.pull.map { .flag($0) }
        values[.noCache] = service.noCache.map { .flag($0) }
    }

    private mutating func setTexts(_ service: ComposeTarget) {
        let texts: [(BakeKey, String?)] = [
            (.context, service.context), (.dockerfile, service.dockerfile),
            (.dockerfileInline, service.dockerfileInline), (.target, service.target), (.network, service.network),
            (.shmSize, service.shmSize),
        ]
        for (key, text) in texts { values[key] = text.map { .text($0) } }
        let lists: [(BakeKey, [String])] = [
            (.tags, service.tags), (.platforms, service.platforms), (.noCacheFilter, service.noCacheFilter),
            (.ulimits, service.ulimits),
        ]
        for (key, list) in lists where !list.isEmpty { values[key] = .texts(list) }
    }

    private mutating func setTables(_ service: ComposeTarget) {
        let tables: [(BakeKey, [String: String])] = [
            (.contexts, service.contexts), (.args, service.arguments), (.labels, service.labels),
            (.extraHosts, service.extraHosts),
        ]
        for (key, table) in tables where !table.isEmpty { values[key] = .pairs(table.mapValues { $0 }) }
    }

    private mutating func setEntries(_ service: ComposeTarget) {
        let entries: [(BakeKey, [BakeEntry])] = [
            (.cacheFrom, service.cacheFrom.map { BakeEntry($0) }), (.cacheTo, service.cacheTo.map { BakeEntry($0) }),
            (
                .secret,
                service.secrets.map {
                    BakeEntry(["id": $0.id, "src": $0.file, "env": $0.variable].filter { !$0.value.isEmpty })
                }
            ),
            (.ssh, service.ssh.map { BakeEntry(["id": $0.id], paths: $0.paths) }),
            (.output, service.outputs.map(\.entry)), (.attest, service.attestations.map(\.entry)),
        ]
        for (key, list) in entries where !list.isEmpty { values[key] = .entries(list) }
    }
}

extension ComposeTarget.Output {
    fileprivate var entry: BakeEntry {
        var texts = attributes
        texts["type"] = type
        if !destination.isEmpty { texts["dest"] = destination }
        return BakeEntry(texts)
    }
}

extension ComposeTarget.Attestation {
    fileprivate var entry: BakeEntry {
        var texts = attributes
        texts["type"] = type
        if isDisabled { texts["disabled"] = "true" }
        return BakeEntry(texts)
    }
}
