import CaissonBuildModel
import CaissonText

extension MissFinder {
    /// As many arguments are told of one step.
    private static let mostArguments = 5

    /// Arguments that differ and that a RUN names.
    func namedArguments(of place: Int) -> [MissCause] {
        let instruction = scene.steps[place].instruction
        guard instruction.keyword == "RUN" else { return [] }
        return differences(of: place).filter { instruction.names($0.name) }.prefix(Self.mostArguments).map {
            argument($0, .certain)
        }
    }

    private func differences(of place: Int) -> [MissRequest.Difference] {
        scene.index.found[place].reference.flatMap { scene.differences[$0.build] } ?? []
    }

    /// That an argument differs.
    func argument(_ difference: MissRequest.Difference, _ certainty: MissCause.Certainty) -> MissCause {
        let kind = MissCause.Kind.argumentChanged(
            name: difference.name,
            before: difference.before,
            now: difference.now
        )
        return MissCause(kind, certainty, evidence: MissWords.argument(difference))
    }

    /// The causes of a step that has none of its own and nothing below that ran, as far as anything speaks for them.
    mutating func weakCauses(of place: Int) -> [MissCause] {
        guard isQuiet(place), scene.reference(of: place) != nil else { return [] }
        var causes: [MissCause] = []
        if isRedefined(place) {
            causes = redefinition(of: place)
        } else if !isStable[place], !isProvedSame(place) {
            causes = guesses(of: place)
        }
        causes += failure(of: place)
        // A changed definition finds nothing in the cache, whatever was removed from it.
        let mayBeGone = isProvedSame(place) || !isStable[place]
        if mayBeGone, !causes.contains(where: { $0.certainty == .certain }) { causes += evictions(of: place) }
        return causes
    }

    /// Why a definition is another, with the same name on the same inputs.
    private func redefinition(of place: Int) -> [MissCause] {
        guard let before = scene.referenceRequest(of: place) else { return [] }
        var causes: [MissCause] = []
        if scene.steps[place].name.keyword == "RUN" {
            let differences = differences(of: place)
            causes += differences.prefix(Self.mostArguments).map {
                argument($0, differences.count == 1 ? .certain : .likely)
            }
            if differences.isEmpty {
                causes += scene.request.hidden(with: before).prefix(Self.mostArguments).map { name in
                    let words = "the build argument \(MissWords.shown(name)) may have another value, which isn't kept"
                    let kind = MissCause.Kind.argumentChanged(name: name, before: nil, now: nil)
                    return MissCause(kind, .possible, evidence: words)
                }
            }
        }
        guard !causes.contains(where: { $0.certainty == .certain }) else { return causes }
        return causes + requestChanges(of: place, .likely)
    }

    /// What may explain a step whose definition can't be compared.
    private mutating func guesses(of place: Int) -> [MissCause] {
        var causes: [MissCause] = []
        let instruction = scene.steps[place].instruction
        if instruction.keyword == "RUN" {
            causes += differences(of: place).prefix(Self.mostArguments).map { argument($0, .likely) }
        }
        causes += filesBelow(place)
        return causes + requestChanges(of: place, .possible)
    }

    /// Differences of the requests and of the frontend that a step may depend on.
    private func requestChanges(of place: Int, _ certainty: MissCause.Certainty) -> [MissCause] {
        guard let build = scene.referenceBuild(of: place) else { return [] }
        var causes = secrets(of: place).map { [$0] } ?? []
        if let now = Self.frontend(of: scene.build), let before = Self.frontend(of: build), now != before {
            let kind = MissCause.Kind.frontendChanged(before: before, now: now)
            let words = "the Dockerfile's frontend is another since \(since(place))"
            causes.append(MissCause(kind, certainty, evidence: words))
        }
        if let change = targetChange(since: build.record.submission) {
            let words = MissWords.target(change, since: build.record.id)
            causes.append(MissCause(change, certainty, evidence: words))
        }
        causes += address(of: place).map { [$0] } ?? []
        return causes
    }

    /// Secrets that a RUN mounts and that only one of the builds was given.
    ///
    /// What is in them is no part of any key.
    private func secrets(of place: Int) -> MissCause? {
        guard let before = scene.referenceRequest(of: place)?.secrets else { return nil }
        let ids = Set(scene.steps[place].instruction.mounts.filter { $0.type == "secret" }.compactMap(\.id))
        let added = ids.intersection(scene.request.secrets.subtracting(before)).sorted()
        let removed = ids.intersection(before.subtracting(scene.request.secrets)).sorted()
        guard !added.isEmpty || !removed.isEmpty else { return nil }
        let words = MissWords.secrets(added: added, removed: removed)
        return MissCause(.secretsChanged(added: added, removed: removed), .possible, evidence: words)
    }

    /// The digest of the image that read a Dockerfile; nil where the engine's own frontend did.
    private static func frontend(of build: BuildDossier) -> String? {
        for step in build.steps.prefix(64) {
            guard step.name.hasPrefix("docker-image://") || step.name.hasPrefix("resolve image config for ") else {
                continue
            }
            if let digest = MissStep(step).imageDigest { return digest }
        }
        return nil
    }

    /// What an ADD fetches from an address, unless the Dockerfile says by a checksum what that is.
    func address(of place: Int) -> MissCause? {
        let instruction = scene.steps[place].instruction
        guard let address = instruction.addresses.first, instruction.flag("checksum") == nil else { return nil }
        // What fetches has the same name as what copies it, and tells of itself.
        let identity = scene.steps[place].identity
        let isFetched = scene.inputs[place].contains { $0.map { scene.steps[$0].identity == identity } ?? false }
        guard !isFetched else { return nil }
        let words = "what \(MissWords.shown(address)) gives is another since \(since(place))"
        return MissCause(.externalSource(address, before: nil, now: nil), .likely, evidence: words)
    }

    /// That the step failed when it was last tried.
    private func failure(of place: Int) -> [MissCause] {
        let found = scene.index.found[place]
        guard let failed = found.failed, found.hadBegun else { return [] }
        let id = scene.earlier[failed].record.id
        let words = "it didn't end well in build \(MissWords.short(id)), and such a step leaves nothing in the cache"
        return [MissCause(.failedBefore(id), .likely, evidence: words)]
    }

    /// That the engine has lost the result.
    private func evictions(of place: Int) -> [MissCause] {
        guard let build = scene.referenceBuild(of: place)?.record else { return [] }
        let step = scene.steps[place]
        let time = build.ended ?? build.started ?? build.submission.time
        let isKnown = isProvedSame(place) || isSame[place]
        if let removal = scene.forgotten.naming(step, after: time) {
            return [MissCause(.evicted(removal), .certain, evidence: MissWords.removal(removal, isNamed: true))]
        }
        if let removal = scene.forgotten.newest(after: time) {
            let isOpen = removal.count > removal.descriptions.count
            let certainty: MissCause.Certainty = isKnown && isOpen ? .likely : .possible
            return [MissCause(.evicted(removal), certainty, evidence: MissWords.removal(removal, isNamed: false))]
        }
        guard isKnown else { return [] }
        let cause = isProvedSame(place) ? address(of: place) : nil
        let words = "the engine has forgotten it: its garbage collection, a prune by somebody else"
        return (cause.map { [$0] } ?? []) + [MissCause(.evicted(nil), .likely, evidence: words)]
    }
}
