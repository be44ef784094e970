package import CaissonBuildModel

/// What made the steps of a build run, and what that cost: each step of the build stands in one place.
package struct MissSummary: Sendable, Hashable {
    /// A cause with all the steps that ran for it.
    package struct Root: Sendable, Hashable {
        /// What happened; never that an earlier step ran.
        package var cause: MissCause
        /// The numbers of the steps in which it happened, ascending.
        package var origins: [Int]
        /// The steps that ran for it, those included, in the order in which they were told.
        package var steps: [StepExplanation]
        /// How long they ran, added up: more than the build took where they ran side by side.
        package var time: Duration
    }

    /// The causes, each step under one of them: the one that cost most time first.
    package private(set) var roots: [Root] = []
    /// The steps that ran without a known cause, or for a cause that leads to none, in order.
    package private(set) var unexplained: [StepExplanation] = []
    /// The steps that ran and of which no earlier build is known, in order.
    package private(set) var first: [StepExplanation] = []
    /// How many steps came from the cache.
    package private(set) var cached = 0
    /// How many steps the engine does anew in each build.
    package private(set) var uncacheable = 0
    /// How many steps didn't begin.
    package private(set) var waiting = 0

    /// Adds up the explanations of a build's steps.
    package init(of build: BuildDossier, _ explanations: [StepExplanation]) {
        let steps = Dictionary(build.steps.map { ($0.number, $0) }) { first, _ in first }
        let causes = Dictionary(explanations.map { ($0.number, $0.causes) }) { first, _ in first }
        var places: [MissCause.Kind: Int] = [:]
        for explanation in explanations {
            let record = steps[explanation.number]
            switch explanation.outcome {
            case .cached: cached += 1
            case .uncacheable: uncacheable += 1
            case .first where record?.started != nil: first.append(explanation)
            case .unknown where record?.started != nil: unexplained.append(explanation)
            case .first, .unknown: waiting += 1
            case .missed:
                let time = record.flatMap { build.duration(of: $0) } ?? .zero
                add(explanation, time: time, causes, &places)
            }
        }
        for place in roots.indices { roots[place].origins.sort() }
        roots.sort { one, other in
            if one.time != other.time { return one.time > other.time }
            if one.steps.count != other.steps.count { return one.steps.count > other.steps.count }
            return (one.origins.first ?? .max) < (other.origins.first ?? .max)
        }
    }

    /// Puts a step that ran below the first cause that lies in the step where it began.
    private mutating func add(
        _ explanation: StepExplanation,
        time: Duration,
        _ causes: [Int: [MissCause]],
        _ places: inout [MissCause.Kind: Int]
    ) {
        let number = explanation.causes.lazy.compactMap(\.root).first ?? explanation.number
        guard let cause = causes[number]?.first(where: { $0.root == nil }) ?? explanation.causes.first,
            cause.root == nil
        else { return unexplained.append(explanation) }
        let place = places[cause.kind] ?? roots.count
        if place == roots.count {
            places[cause.kind] = place
            roots.append(Root(cause: cause, origins: [], steps: [], time: .zero))
        }
        roots[place].steps.append(explanation)
        roots[place].time += time
        if number == explanation.number { roots[place].origins.append(number) }
    }
}
