import CaissonBuildModel
import CaissonDockerfile
import CaissonInsights
import CaissonText

extension ForecastFinder {
    /// Compares what two steps take files from.
    mutating func sourceRelation(
        _ own: PlannedStep.Source,
        _ theirs: PlannedStep.Source,
        _ past: Int
    ) -> ForecastRelation {
        switch (own, theirs) {
        case (.pinned, .pinned): return .same
        case (.unclear(let reason), _), (_, .unclear(let reason)): return .unclear(reason)
        case (.context(let name, let paths, let exclusions), .context(let then, let before, _))
        where name == then && paths == before:
            return contextRelation(name, paths, exclusions, past)
        case (.step(let step), .step(let other)): return contentRelation(step, other, past)
        default: return .unclear("it takes files from elsewhere")
        }
    }

    private mutating func contextRelation(
        _ name: String,
        _ paths: [String],
        _ exclusions: [String],
        _ past: Int
    ) -> ForecastRelation {
        if name == "context", asked.context != pasts[past].asked.context {
            return .unclear("the context is another one")
        }
        guard let net = changes(of: name, since: pasts[past].id) else {
            return .unclear("what changed in the context isn’t known")
        }
        let patterns = paths.map { SourcePattern($0) }
        guard let match = net.matching(patterns, excluding: [], budget: &changeBudget) else {
            return .unclear("too much changed in the context")
        }
        guard !match.changes.isEmpty else {
            return net.isWhole ? .same : .unclear("not all that changed in the context is known")
        }
        if match.isVague { return .unclear("files that it takes may have changed") }
        // What an exclusion takes away is left to the engine.
        guard exclusions.isEmpty else { return .unclear("files changed that may be left out") }
        let shown = match.changes.prefix(20).map(\.path)
        return .other(.files(shown, more: match.more.clampedAdding(match.changes.count - shown.count)))
    }

    private mutating func changes(of name: String, since build: BuildID) -> NetContextChanges? {
        let key = ContextKey(name: name, build: build)
        if let known = contexts[key] { return known }
        let net = NetContextChanges(of: name, since: build, in: now, among: builds, budget: &changeBudget)
        contexts[key] = .some(net)
        return net
    }

    /// Compares the files of two stages: they are the same only where nothing made them anew since.
    private func contentRelation(_ step: Int, _ other: Int, _ past: Int) -> ForecastRelation {
        guard near[past][step][other] == .same else { return .unclear("another stage may make the same files again") }
        if isReproducible(step) { return .same }
        guard verdicts[step].outcome == .cached else { return .unclear("another stage may make the same files again") }
        for newer in 0..<past {
            if pasts[newer].obstacle != nil { return .unclear("another stage may have made other files since") }
            for place in near[newer][step].keys {
                let record = pasts[newer].records[place]
                guard let record, record.isCached || record.completed == nil || !record.error.isEmpty else {
                    return .unclear("another stage may have made other files since")
                }
            }
        }
        return .same
    }

    /// Whether the files of a step depend on its key alone.
    private func isReproducible(_ step: Int) -> Bool {
        var current = step
        // A step always stands behind those that it needs.
        while true {
            let own = plan.steps[current]
            guard own.keyword != .run, own.keyword != .add else { return false }
            for case .step(let source) in own.sources where !isImage(source) { return false }
            guard let parent = own.parent, parent < current else { return true }
            current = parent
        }
    }

    private func isImage(_ step: Int) -> Bool { plan.steps[step].keyword == .from }
}
