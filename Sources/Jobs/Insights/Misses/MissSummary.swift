package import CaissonBuildModel

/// What made the steps of a build run, and what that cost.
package struct MissSummary: Sendable, Hashable {
    /// A cause with all the steps that ran for it.
    package struct Root: Sendable, Hashable {
        /// What happened; never that an earlier step ran.
        package var cause: MissCause
        /// The numbers of the steps in which it happened, ascending.
        package var origins: [Int]
        /// How many steps ran for it, those included.
        package var steps: Int
        /// How long they ran, added up: more than the build took where they ran side by side.
        package var time: Duration
    }

    /// The causes, each step under one of them: the one that cost most time first.
    package private(set) var roots: [Root] = []
    /// How many steps ran for a reason that isn't known, first ones included; not those that no cache spares.
    package private(set) var unexplained = 0

    /// Adds up the explanations of a build's steps.
    package init(of build: BuildDossier, _ explanations: [StepExplanation]) {
        let steps = Dictionary(build.steps.map { ($0.number, $0) }) { first, _ in first }
        let causes = Dictionary(explanations.map { ($0.number, $0.causes) }) { first, _ in first }
        var places: [MissCause.Kind: Int] = [:]
        for explanation in explanations {
            let record = steps[explanation.number]
            guard let first = explanation.causes.first else {
                let mayCount = explanation.outcome == .first || explanation.outcome == .unknown
                if mayCount, record?.started != nil { unexplained += 1 }
                continue
            }
            let number = explanation.causes.lazy.compactMap(\.root).first ?? explanation.number
            let cause = causes[number]?.first { $0.root == nil } ?? first
            guard cause.root == nil else { continue }
            let place = places[cause.kind] ?? roots.count
            if place == roots.count {
                places[cause.kind] = place
                roots.append(Root(cause: cause, origins: [], steps: 0, time: .zero))
            }
            roots[place].steps += 1
            roots[place].time += record.flatMap { build.duration(of: $0) } ?? .zero
            if number == explanation.number { roots[place].origins.append(number) }
        }
        for place in roots.indices { roots[place].origins.sort() }
        roots.sort { one, other in
            if one.time != other.time { return one.time > other.time }
            if one.steps != other.steps { return one.steps > other.steps }
            return (one.origins.first ?? .max) < (other.origins.first ?? .max)
        }
    }
}
