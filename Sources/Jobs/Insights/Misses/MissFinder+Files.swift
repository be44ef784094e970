import CaissonBuildModel
import CaissonText

extension MissFinder {
    /// What a step takes of a local context.
    private struct Use {
        var context: String
        var sources: [SourcePattern]
        var exclusions: [SourcePattern] = []
        /// Whether the key is made of these files alone.
        var isExact = true
        var isMount = false
    }

    private func uses(of place: Int) -> [Use] {
        let names = Set(scene.inputs[place].compactMap { $0.flatMap { scene.steps[$0].localContext } })
        guard !names.isEmpty else { return [] }
        let instruction = scene.steps[place].instruction
        func context(_ from: String?) -> String? {
            let name = from ?? "context"
            if names.contains(name) { return name }
            // A named context for one of several platforms has the platform behind its name.
            return names.filter { $0.hasPrefix(name + "::") }.min()
        }
        if instruction.copies {
            guard let name = context(instruction.flag("from")), !instruction.files.isEmpty else { return [] }
            let exclusions = instruction.flags.filter { $0.name == "exclude" }.map { SourcePattern($0.value) }
            return [Use(context: name, sources: instruction.files.map { SourcePattern($0) }, exclusions: exclusions)]
        }
        return instruction.mounts.filter { $0.type == "bind" }.compactMap { mount in
            context(mount.from).map { name in
                let sources = [SourcePattern(mount.source)]
                return Use(context: name, sources: sources, isExact: !mount.isWritable, isMount: true)
            }
        }
    }

    /// Whether files of a local context are a part of the step's key.
    func takesContext(_ place: Int) -> Bool {
        scene.inputs[place].contains { $0.map { scene.steps[$0].localContext != nil } ?? false }
    }

    /// Whether all files that a step takes are known to be as they were.
    mutating func hasSameFiles(_ place: Int) -> Bool {
        let uses = uses(of: place)
        guard !uses.isEmpty, let since = scene.referenceBuild(of: place)?.record.id else { return false }
        for use in uses {
            guard let net = changes(of: use.context, since: since), net.isWhole,
                let match = net.matching(use.sources, excluding: use.exclusions, budget: &matchBudget),
                match.changes.isEmpty
            else { return false }
        }
        return true
    }

    /// The files that a step takes and that changed since it was compared.
    mutating func fileCauses(of place: Int) -> [MissCause] {
        guard let since = scene.referenceBuild(of: place)?.record.id else { return [] }
        return fileCauses(of: place, since: since)
    }

    private mutating func fileCauses(of place: Int, since: BuildID) -> [MissCause] {
        uses(of: place).compactMap { use -> MissCause? in
            guard let net = changes(of: use.context, since: since),
                let match = net.matching(use.sources, excluding: use.exclusions, budget: &matchBudget),
                !match.changes.isEmpty || !net.isWhole
            else { return nil }
            let omitted = match.more.clampedAdding(net.omitted)
            let kind: MissCause.Kind =
                use.isMount
                ? .contextMount(match.changes, omitted: omitted) : .filesChanged(match.changes, omitted: omitted)
            let known: MissCause.Certainty = match.isVague || !use.isExact ? .likely : .certain
            let certainty = match.changes.isEmpty ? .possible : known
            return MissCause(kind, certainty, evidence: MissWords.files(match, unseen: net.omitted, since: since))
        }
    }

    /// Files that came in with a step below that the cache had, so that this step has never seen them.
    mutating func filesBelow(_ place: Int) -> [MissCause] {
        guard let since = scene.referenceBuild(of: place)?.record.id else { return [] }
        var current = place
        for _ in 0..<20 {
            guard let input = scene.inputs[current].first ?? nil, outcomes[input] == .cached else { return [] }
            current = input
            guard scene.steps[current].instruction.copies, takesContext(current) else { continue }
            let causes = fileCauses(of: current, since: since).filter { $0.certainty == .certain }
            guard causes.isEmpty else {
                return causes.map { MissCause($0.kind, .likely, evidence: $0.evidence) }
            }
        }
        return []
    }

    /// What changed in a context since a build; nil where that isn't known.
    private mutating func changes(of context: String, since: BuildID) -> NetContextChanges? {
        let key = ContextKey(name: context, since: since)
        if let known = contexts[key] { return known }
        let net = NetContextChanges(
            of: context,
            since: since,
            in: scene.build,
            among: scene.builds,
            budget: &changeBudget
        )
        contexts[key] = .some(net)
        return net
    }
}
