import CaissonBuildModel
import CaissonDockerfile
import CaissonInsights
import CaissonText

extension ForecastFinder {
    /// What a step is expected to do, and why.
    struct Verdict {
        var outcome: ForecastOutcome
        var cause: ForecastCause
        var certainty = ForecastCertainty.likely
        var build: BuildID?
    }

    /// Weighs all earlier builds; steps have to be asked for in their order.
    mutating func verdict(of place: Int) -> Verdict {
        var evidence: [ForecastEvidence] = []
        var cause = pasts.isEmpty ? ForecastCause.doubt("no earlier build of this engine is known") : .instruction
        var build: BuildID?
        let relations = pasts.indices.map { relate(place, to: $0) }
        relateWithin(place)
        if twins[place] < place { return checked(verdicts[twins[place]], place) }
        for (past, relation) in relations.enumerated() {
            var (own, why) = self.evidence(of: place, in: past, relation)
            if own == .result, let lost = loss(of: place, past) { (own, why) = lost }
            // The first result is enough; of others the newest build is told, unless a later one leaves a doubt.
            let isFirst = evidence.isEmpty || own == .result || (own == .unclear && !evidence.contains(.unclear))
            if !evidence.contains(.result), isFirst { (cause, build) = (why, pasts[past].id) }
            evidence.append(own)
        }
        let outcome = ForecastOutcome(evidence)
        var verdict = Verdict(outcome: outcome, cause: outcome == .cached ? .sameKey : cause, build: build)
        if outcome == .cached, input.records != nil { verdict.certainty = .certain }
        return checked(verdict, place)
    }

    /// What one earlier build says of a step.
    private func evidence(
        of place: Int,
        in past: Int,
        _ relation: ForecastRelation
    ) -> (ForecastEvidence, ForecastCause) {
        let found = near[past][place]
        if relation.kind == .unclear, found.isEmpty { return (.unclear, relation.cause) }
        var all: Set<ForecastEvidence> = []
        for (other, kind) in found { all.insert(kind == .same ? result(of: other, past) : .unclear) }
        if all.contains(.result) { return (.result, .sameKey) }
        guard !all.contains(.unclear) else {
            let isOwn = relation.kind == .unclear
            return (.unclear, isOwn ? relation.cause : .doubt("whether that build made it isn’t known"))
        }
        return all.contains(.noResult) ? (.noResult, .unfinished) : (.otherKey, relation.cause)
    }

    private func result(of other: Int, _ past: Int) -> ForecastEvidence {
        let build = pasts[past]
        guard let record = build.records[other] else { return .unclear }
        if record.isCached || (record.completed != nil && record.error.isEmpty) { return .result }
        if !record.error.isEmpty { return build.dossier.record.status == .failed ? .noResult : .unclear }
        // What never began in a build that failed left nothing; in others the engine may have had it all along.
        let isFailed = build.dossier.record.status == .failed
        return isFailed && record.started == nil && !build.plan.steps.isEmpty ? .noResult : .unclear
    }

    /// Whether a result that was there is gone since; nil where it is still there for all that is known.
    private func loss(of place: Int, _ past: Int) -> (ForecastEvidence, ForecastCause)? {
        let build = pasts[past].dossier.record
        let end = build.ended ?? build.started ?? build.submission.time
        let step = plan.steps[place]
        for removal in input.removals where removal.time >= end {
            let likenesses = removal.descriptions.compactMap { Self.likeness($0, step) }
            if !likenesses.isEmpty {
                let isOnly = likenesses.contains(.name) && pasts.indices.allSatisfy { isOnlyKey(of: step, place, $0) }
                return isOnly
                    ? (.noResult, .removed(removal.cause)) : (.unclear, .doubt("it may be what was removed"))
            }
            if removal.count > removal.descriptions.count {
                return (.unclear, .doubt("something was removed, and not all of it is known"))
            }
        }
        if let records = input.records, step.keyword != .from {
            let fits = records.contains { Self.likeness($0.description, step) != nil }
            if !fits { return (.unclear, .doubt("the engine’s cache has nothing of that name")) }
        }
        return nil
    }

    /// Whether no step of an earlier build has the name and another key.
    private func isOnlyKey(of step: PlannedStep, _ place: Int, _ past: Int) -> Bool {
        guard pasts[past].obstacle == nil else { return false }
        for (other, candidate) in pasts[past].plan.steps.enumerated() where candidate.recordText == step.recordText {
            if near[past][place][other] != .same { return false }
        }
        return true
    }

    /// How a record's description is like a step's.
    private enum Likeness {
        /// By the whole name.
        case name
        /// By the end of a command with another shell, or as a script of several lines.
        case end
    }

    /// Whether a record of the cache may be the step's: `mount / from exec /bin/sh -c make` for a RUN, else its name.
    private static func likeness(_ description: String, _ step: PlannedStep) -> Likeness? {
        guard let command = description.rest(after: "mount / from exec ") else {
            return StepName(description).instruction == StepName(step.name).instruction ? .name : nil
        }
        guard step.keyword == .run, let own = step.recordText.rest(after: "RUN ") else { return nil }
        if step.isScript { return command.contains("\n") ? .end : nil }
        if command == own || command.rest(after: "/bin/sh -c ") == own { return .name }
        return command.hasSuffix(" " + own) ? .end : nil
    }
}
