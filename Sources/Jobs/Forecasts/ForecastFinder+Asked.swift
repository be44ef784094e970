import CaissonBuildModel
import CaissonDockerfile

extension ForecastFinder {
    /// What the request and the state of the cache make of a verdict.
    func checked(_ verdict: Verdict, _ place: Int) -> Verdict {
        let step = plan.steps[place]
        var verdict = verdict
        if !input.request.platformBuildArgs.isEmpty {
            return doubt("it has arguments of single platforms, which earlier builds don’t keep", verdict)
        }
        if verdict.outcome == .runs, !within[place].isEmpty, forcings[place] == .none {
            return doubt("another step of this build may make it first", verdict)
        }
        switch forcings[place] {
        case .own(let stage): return Verdict(outcome: .runs, cause: .withoutCache(stage: stage), certainty: .certain)
        case .below: return Verdict(outcome: .runs, cause: .below, build: verdict.build)
        case .unclear: return doubt("whether the request makes it run isn’t known", verdict)
        case .none: break
        }
        if verdict.outcome == .cached, isAnew[place] {
            return doubt("a step that it needs is made anew", verdict)
        }
        let hasForeignCache = !input.request.caches.sources.isEmpty
        if let records = input.records, records.isEmpty {
            guard step.keyword != .from, !hasForeignCache else { return doubt("the cache is empty", verdict) }
            return Verdict(outcome: .runs, cause: .emptyCache, certainty: .certain, build: verdict.build)
        }
        if verdict.outcome == .runs, hasForeignCache {
            return doubt("another cache may have it", verdict)
        }
        if verdict.outcome == .unknown { verdict.certainty = .likely }
        return verdict
    }

    private func doubt(_ reason: String, _ verdict: Verdict) -> Verdict {
        Verdict(outcome: .unknown, cause: .doubt(reason), build: verdict.build)
    }
}
