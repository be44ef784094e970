import CaissonBuildModel
import CaissonText

/// Goes through the steps of a build, inputs first, and finds the causes of each that ran.
struct MissFinder {
    let scene: MissScene
    /// Whether a step's digest depends on nothing that is another in each build, by place.
    var isStable: [Bool]
    /// Whether a step is known to be what it was when it was compared, with all below it, by place.
    var isSame: [Bool]
    /// What became of a step; nil until it was looked at.
    var outcomes: [StepExplanation.Outcome?]
    /// What changed in a context since a build; a nil within is known to be unknown.
    var contexts: [ContextKey: NetContextChanges?] = [:]
    /// How many changes may be put together, and how many paths compared, for all steps together.
    var changeBudget = 1_000_000
    var matchBudget = 4_000_000
    /// The identities of all steps.
    let identities: Set<String>

    /// A context and the build that it is compared with.
    struct ContextKey: Hashable {
        var name: String
        var since: BuildID
    }

    /// Prepares the search.
    init(_ build: BuildDossier, earlier: [BuildDossier], removals: [CacheRemoval]) {
        scene = MissScene(build, earlier: earlier, removals: removals)
        isStable = Array(repeating: false, count: scene.steps.count)
        isSame = isStable
        outcomes = Array(repeating: nil, count: scene.steps.count)
        identities = Set(scene.steps.map(\.identity))
    }

    /// An explanation for each step, in order.
    mutating func explanations() -> [StepExplanation] {
        for place in scene.order {
            isStable[place] = stability(of: place)
            isSame[place] = sameness(of: place)
            outcomes[place] = outcome(of: place)
        }
        return scene.steps.indices.map { place in
            let since = outcomes[place] == .first ? nil : scene.referenceBuild(of: place)?.record.id
            return StepExplanation(of: scene.steps[place].record, outcomes[place] ?? .unknown, comparedWith: since)
        }
    }

    private func stability(of place: Int) -> Bool {
        let step = scene.steps[place]
        guard step.localContext == nil, !step.record.digest.isEmpty else { return false }
        return scene.inputs[place].allSatisfy { $0.map { isStable[$0] } ?? false }
    }

    /// Whether the step is known to be the same as in the build it is compared with.
    private mutating func sameness(of place: Int) -> Bool {
        let step = scene.steps[place]
        if step.localContext != nil { return true }
        guard let reference = scene.reference(of: place) else { return false }
        if step.record.digest == reference.digest { return !step.record.digest.isEmpty }
        guard !isStable[place], let before = scene.index.found[place].reference,
            let request = scene.referenceRequest(of: place), step.record.inputs.count == reference.inputs.count
        else { return false }
        let digests = scene.referenceInputs(of: place) ?? []
        let areInputsSame = scene.inputs[place].enumerated().allSatisfy { position, input in
            guard let input, isSame[input] else { return false }
            if scene.steps[input].localContext != nil { return true }
            // The input may have been compared with a newer build; an equal digest is as good.
            if scene.index.found[input].reference?.build == before.build { return true }
            return position < digests.count && digests[position] == scene.steps[input].record.digest
        }
        guard areInputsSame, request.network == scene.request.network else { return false }
        guard step.name.keyword != "RUN" || request.arguments == scene.request.arguments else { return false }
        return !takesContext(place) || hasSameFiles(place)
    }

    private mutating func outcome(of place: Int) -> StepExplanation.Outcome {
        let step = scene.steps[place]
        if step.record.isCached { return .cached }
        if let reason = step.reasonForNoCache { return .uncacheable(reason) }
        guard step.hasRun else { return .unknown }
        if let kind = scene.request.skipsCache(of: step) { return .missed([noCache(kind)]) }
        guard scene.engine != nil else { return .unknown }
        guard scene.past != nil else { return strange(place) }
        if step.isImage { return imageOutcome(of: place) }
        var causes = ownCauses(of: place)
        causes += inheritedCauses(of: place, besides: causes)
        if !causes.contains(where: { $0.certainty == .certain }) { causes += weakCauses(of: place) }
        return causes.isEmpty ? .unknown : .missed(causes.sorted { $0.certainty < $1.certainty })
    }

    /// What is said on an engine that none of the earlier builds ran on.
    private func strange(_ place: Int) -> StepExplanation.Outcome {
        if let build = scene.index.found[place].elsewhere, !scene.sameEngine.contains(true) {
            let isSure = !scene.request.hasForeignCache && !scene.sameEngine.contains(nil)
            return .missed([otherEngine(build, isSure ? .certain : .likely)])
        }
        return .first
    }

    /// Whether all inputs are known, and none of them ran where the cache could have spared it.
    func isQuiet(_ place: Int) -> Bool {
        scene.inputs[place].allSatisfy { input in
            guard let input else { return false }
            switch outcomes[input] {
            case .cached, .uncacheable: return true
            case .first, .missed, .unknown, nil: return false
            }
        }
    }

    /// Whether the definition itself is known to be another, with the same name on the same inputs.
    func isRedefined(_ place: Int) -> Bool {
        guard isStable[place], let reference = scene.reference(of: place),
            reference.digest != scene.steps[place].record.digest, let before = scene.referenceInputs(of: place)
        else { return false }
        return before == scene.inputs[place].compactMap { $0.map { scene.steps[$0].record.digest } }
    }

    /// Whether definition and inputs are known to be the same, by digest.
    func isProvedSame(_ place: Int) -> Bool {
        let digest = scene.steps[place].record.digest
        return !digest.isEmpty && scene.reference(of: place)?.digest == digest
    }
}
