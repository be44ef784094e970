import CaissonBuildModel
import CaissonDockerfile

/// How the request makes a step run.
enum ForecastForcing: Hashable {
    case none, unclear
    /// It is to run itself: as all steps, or as those of a stage.
    case own(stage: String?)
    /// A step below it is; all that stands on one runs, too (seen on Docker 28).
    case below
}

extension ForecastPlan {
    /// How the request makes each step run.
    func forcings(_ noCache: NoCache, _ stages: [Stage], twins: [Int]) -> [ForecastForcing] {
        guard noCache != .off else { return steps.map { _ in .none } }
        let names = stages.map { Self.asks(for: $0, noCache) }
        func asking(_ step: PlannedStep) -> ForecastForcing {
            names.indices.contains(step.stage) ? names[step.stage] : .none
        }
        var common: [Int: Set<ForecastForcing>] = [:]
        for (place, step) in steps.enumerated() {
            // BuildKit doesn't ask for a directory or a base to be made anew.
            let isAsked = step.keyword != .from && step.keyword != .workdir
            common[twins[place], default: []].insert(isAsked ? asking(step) : .none)
        }
        var found: [ForecastForcing] = []
        for (place, step) in steps.enumerated() {
            let below = step.parent.map { found[$0] } ?? .none
            // What stages have in common runs if it is to run in one of them.
            let own = common[twins[place]] ?? []
            if own.count == 1, let first = own.first, first != .none {
                found.append(first)
            } else if own.count > 1 || below == .unclear {
                found.append(.unclear)
            } else if below != .none {
                found.append(.below)
            } else {
                found.append(step.keyword == .workdir && asking(step) != .none ? .unclear : .none)
            }
        }
        return found
    }

    /// For each step whether the request makes it, or any step that it needs, run.
    func anew(_ forcings: [ForecastForcing]) -> [Bool] {
        var found: [Bool] = []
        for (place, step) in steps.enumerated() {
            var needs = step.parent.map { [$0] } ?? []
            for case .step(let source) in step.sources { needs.append(source) }
            found.append(forcings[place] != .none || needs.contains { found[$0] })
        }
        return found
    }

    private static func asks(for stage: Stage, _ noCache: NoCache) -> ForecastForcing {
        switch noCache {
        case .off: return .none
        case .all: return .own(stage: nil)
        case .stages(let names):
            guard let name = stage.name?.unquoted, names.contains(where: { $0.lowercased() == name.lowercased() })
            else { return .none }
            return .own(stage: name)
        }
    }
}
