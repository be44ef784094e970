import CaissonBuildModel
import CaissonText

extension MissFinder {
    /// What became of a step that stands for an image: its result is that of a look at the registry or the store.
    func imageOutcome(of place: Int) -> StepExplanation.Outcome {
        let step = scene.steps[place]
        let looks = "the image is looked up in each build, and what the engine has of it isn't fetched again"
        if let cause = imageChange(of: place) { return .missed([cause]) }
        if scene.reference(of: place) != nil { return .uncacheable(looks) }
        guard let past = scene.past, !past.hasDigest(step.record.digest) else { return .uncacheable(looks) }
        if step.name.isInternal, !past.identities.contains(step.identity) {
            return .missed([added(step, to: past)])
        }
        return .missed(newcomer(place, past))
    }

    /// That an image has another digest than in the build that its step is compared with; nil where that isn't known.
    func imageChange(of place: Int) -> MissCause? {
        let step = scene.steps[place]
        guard step.isImage, let now = step.imageDigest, let reference = scene.reference(of: place),
            let before = MissStep(reference).imageDigest, before != now
        else { return nil }
        let image = MissWords.shown(step.image)
        let words =
            "\(image) is another image since \(since(place)): \(MissWords.digest(before)) before, "
            + "\(MissWords.digest(now)) now"
        let kind: MissCause.Kind =
            step.name.isInternal
            ? .externalSource(step.image, before: before, now: now)
            : .baseChanged(image: step.image, before: before, now: now)
        return MissCause(kind, .certain, evidence: words)
    }

    /// The causes that are seen in the step itself, whatever ran below it.
    mutating func ownCauses(of place: Int) -> [MissCause] {
        guard let past = scene.past else { return [] }
        guard scene.reference(of: place) != nil else { return newcomer(place, past) }
        guard !isProvedSame(place) else { return [] }
        var causes = changedImages(of: place)
        causes += fileCauses(of: place)
        causes += namedArguments(of: place)
        return causes
    }

    /// Images that a step takes, that have another digest and that the engine had already.
    private func changedImages(of place: Int) -> [MissCause] {
        scene.inputs[place].compactMap { input in
            guard let input, outcomes[input] == .cached else { return nil }
            return imageChange(of: input)
        }
    }

    /// The causes of a step that never ended well on this engine.
    private func newcomer(_ place: Int, _ past: MissPast) -> [MissCause] {
        let step = scene.steps[place]
        let found = scene.index.found[place]
        if let failed = found.failed {
            let id = scene.earlier[failed].record.id
            let words = "it never ended well before; build \(MissWords.short(id)) was the last that had it"
            return [MissCause(.failedBefore(id), .certain, evidence: words)]
        }
        if let elsewhere = found.elsewhere { return [otherEngine(elsewhere, .likely)] }
        if let other = past.predecessor(of: step, in: identities) { return replaced(other, by: step, past) }
        let before = past.dossier.record.submission
        let change = targetChange(since: before)
        if let change, !past.hasStage(step.name.stage) {
            return [MissCause(change, .likely, evidence: MissWords.target(change, since: past.dossier.record.id))]
        }
        return [added(step, to: past)]
    }

    private func added(_ step: MissStep, to past: MissPast) -> MissCause {
        let words = "\(MissWords.shown(step.name.instruction)) is new here; no earlier build that is known has it"
        return MissCause(.instructionAdded, .certain, evidence: words)
    }

    /// What took the place of another instruction.
    private func replaced(_ other: MissStep, by step: MissStep, _ past: MissPast) -> [MissCause] {
        if step.name.keyword == "FROM" {
            let words = "\(MissWords.shown(step.image)) is the base now; before it was \(MissWords.shown(other.image))"
            return [
                MissCause(
                    .baseChanged(image: step.image, before: other.image, now: step.image),
                    .certain,
                    evidence: words
                )
            ]
        }
        for difference in scene.differences[past.place] ?? []
        where difference.explains(step.name.instruction, before: other.name.instruction) {
            return [argument(difference, .certain)]
        }
        let now = MissWords.shown(step.name.instruction)
        let words = "\(now) is new here; in its place stood \(MissWords.shown(other.name.instruction))"
        let kind = MissCause.Kind.instructionChanged(before: other.name.instruction, now: step.name.instruction)
        return [MissCause(kind, .certain, evidence: words)]
    }

    /// That a build ran elsewhere.
    func otherEngine(_ build: Int, _ certainty: MissCause.Certainty) -> MissCause {
        let (before, now) = (scene.earlier[build].record.engine ?? "", scene.build.record.engine ?? "")
        let words = "earlier builds ran on \(MissWords.shown(before)), this one on \(MissWords.shown(now))"
        return MissCause(.otherEngine(before: before, now: now), certainty, evidence: words)
    }

    /// That the build was to do without the cache.
    func noCache(_ kind: MissCause.Kind) -> MissCause {
        var words = "the build was asked to do without the cache"
        if case .noCache(let stage?) = kind { words += " in the stage \(MissWords.shown(stage))" }
        return MissCause(kind, .certain, evidence: words)
    }

    /// That another stage or other platforms were asked for; nil where they are the same.
    func targetChange(since before: BuildSubmission) -> MissCause.Kind? {
        let now = scene.build.record.submission
        if before.target != now.target {
            let last = "the last stage"
            return .targetOrPlatformChanged(before: before.target ?? last, now: now.target ?? last)
        }
        guard before.platforms != now.platforms else { return nil }
        func list(_ platforms: [String]) -> String {
            platforms.isEmpty ? "the engine's own platform" : platforms.joined(separator: ", ")
        }
        return .targetOrPlatformChanged(before: list(before.platforms), now: list(now.platforms))
    }

    /// The build that a step is compared with, as people read it.
    func since(_ place: Int) -> String {
        scene.referenceBuild(of: place).map { "build \(MissWords.short($0.record.id))" } ?? "an earlier build"
    }
}
