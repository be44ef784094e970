package import CaissonBuildModel

/// What will happen in a build that has not run yet.
package struct BuildForecast: Sendable, Hashable {
    /// A step that is to come.
    package struct Step: Sendable, Hashable {
        /// The stage's number in the Dockerfile, from 0.
        package var stage: Int
        /// The stage's name as steps have it, such as `build` or `stage-1`; empty where there is one stage only.
        package var stageName: String
        /// The step's place in its stage, from 1.
        package var place: Int
        /// The line of the Dockerfile, from 1.
        package var line: Int
        /// The name as BuildKit prints it, such as `[build 2/3] RUN make`; it may hold any characters.
        package var name: String
        /// What it will do.
        package var outcome: ForecastOutcome
        /// Why.
        package var cause: ForecastCause
        /// How sure that is; nothing is claimed where the outcome isn't known.
        package var certainty: ForecastCertainty
        /// The earlier build that it is compared with, or whose result it has.
        package var build: BuildID?
        /// How long it takes where it runs: the median of earlier runs; nil where there were none.
        package var expected: Duration?
    }

    /// The steps, each behind those that it needs.
    package var steps: [Step] = []
    /// Why there is no forecast, such as a Dockerfile that can't be read; nil where there is one.
    package var problem: String?
    /// How long the steps that run take along the longest path, as far as their times are known.
    package var expected = Duration.zero
    /// The same with the steps that can't be known as running ones.
    package var atMost = Duration.zero
    /// How many of the steps that run or may run have no time from earlier builds.
    package var untimed = 0

    /// How many steps have an outcome.
    package func count(of outcome: ForecastOutcome) -> Int { steps.count { $0.outcome == outcome } }

    /// Works out what a build will do; at most 1000 steps and the 30 newest builds are looked at.
    package init(of input: ForecastInput) {
        var finder = ForecastFinder(input)
        problem = finder.plan.problem
        guard problem == nil else { return }
        let times = ForecastTimes(input.past.map(\.dossier))
        for place in finder.plan.steps.indices {
            let verdict = finder.verdict(of: place)
            finder.verdicts.append(verdict)
            let planned = finder.plan.steps[place]
            steps.append(
                Step(
                    stage: planned.stage,
                    stageName: planned.stageName,
                    place: planned.place,
                    line: planned.line,
                    name: planned.name,
                    outcome: verdict.outcome,
                    cause: verdict.cause,
                    certainty: verdict.certainty,
                    build: verdict.build,
                    expected: times.median(of: planned)
                )
            )
        }
        addTotals(finder.plan)
    }

    private mutating func addTotals(_ plan: ForecastPlan) {
        var (least, most): ([Duration], [Duration]) = ([], [])
        for (place, step) in steps.enumerated() {
            let planned = plan.steps[place]
            var needs = planned.parent.map { [$0] } ?? []
            for case .step(let source) in planned.sources { needs.append(source) }
            needs.removeAll { !least.indices.contains($0) }
            let own = step.expected ?? .zero
            if step.expected == nil, step.outcome != .cached { untimed += 1 }
            least.append((needs.map { least[$0] }.max() ?? .zero) + (step.outcome == .runs ? own : .zero))
            most.append((needs.map { most[$0] }.max() ?? .zero) + (step.outcome == .cached ? .zero : own))
        }
        expected = least.max() ?? .zero
        atMost = most.max() ?? .zero
    }
}
