import CaissonDockerfile

extension ForecastPlan {
    /// All that makes two steps of one plan the same one for BuildKit, which then does and tells it once.
    private struct Signature: Hashable {
        var keyword: Keyword
        var text: String
        var platform: String
        var parts: [[String]]
        var sources: [PlannedStep.Source]
        var parent: Int?
    }

    /// For each step the first one that is the same; itself where there is none before it.
    var twins: [Int] {
        var (first, twins): ([Signature: Int], [Int]) = ([:], [])
        for (place, step) in steps.enumerated() {
            let sources = step.sources.map { source in
                if case .step(let number) = source, twins.indices.contains(number) {
                    return PlannedStep.Source.step(twins[number])
                }
                return source
            }
            let signature = Signature(
                keyword: step.keyword,
                text: step.keyword == .from ? step.text : "",
                platform: step.platform,
                parts: [step.exact, step.loose, step.environment],
                sources: sources,
                parent: step.parent.flatMap { twins.indices.contains($0) ? twins[$0] : nil }
            )
            twins.append(first[signature] ?? place)
            if first[signature] == nil { first[signature] = place }
        }
        return twins
    }
}

extension ForecastFinder {
    /// Notes the steps before one in the same plan that may have its key without being the same step.
    mutating func relateWithin(_ place: Int) {
        let step = plan.steps[place]
        var found: Set<Int> = []
        for other in 0..<place where twins[other] == other && plan.steps[other].keyword == step.keyword {
            pairBudget -= 1
            let earlier = plan.steps[other]
            guard twins[place] != other, mayStandOnOne(step.parent, earlier.parent) else { continue }
            if step.keyword == .from, let one = digest(of: step), let two = digest(of: earlier), one != two { continue }
            if pairBudget <= 0 || step.relation(to: earlier).kind != .other { found.insert(other) }
        }
        within.append(found)
    }

    private func mayStandOnOne(_ one: Int?, _ two: Int?) -> Bool {
        guard let one, let two else { return one == nil && two == nil }
        let (first, second) = (twins[one], twins[two])
        return first == second || within[max(first, second)].contains(min(first, second))
    }

    /// The digest of a base image now; nil where it isn't known.
    func digest(of step: PlannedStep) -> String? {
        ForecastPast.pinned(step.text) ?? bases[String(step.text.dropFirst("FROM ".count))]
    }
}
