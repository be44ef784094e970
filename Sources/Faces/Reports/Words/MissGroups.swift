import CaissonBuildModel
import CaissonInsights

/// The explained steps of a build, those that ran under the cause that they lead back to.
struct MissGroups {
    /// A cause with the steps that ran for it.
    struct Group {
        var root: MissSummary.Root
        /// In the order in which they were told.
        var steps: [StepExplanation] = []
    }

    /// The causes, the one that cost most time first.
    private(set) var groups: [Group]
    /// Steps that ran without a known cause, or for a cause that leads to none.
    private(set) var unexplained: [StepExplanation] = []
    /// Steps of which no earlier build is known.
    private(set) var first: [StepExplanation] = []
    /// How many steps came from the cache.
    private(set) var cached = 0
    /// How many the engine does anew in each build.
    private(set) var uncacheable = 0
    /// How many didn't begin.
    private(set) var waiting = 0

    /// Sorts the explanations of a build's steps.
    init(_ dossier: BuildDossier, _ explanations: [StepExplanation]) {
        let summary = MissSummary(of: dossier, explanations)
        groups = summary.roots.map { Group(root: $0) }
        let places = Dictionary(summary.roots.indices.map { (summary.roots[$0].cause.kind, $0) }) { first, _ in first }
        let causes = Dictionary(explanations.map { ($0.number, $0.causes) }) { first, _ in first }
        let begun = Set(dossier.steps.filter { $0.started != nil || $0.completed != nil }.map(\.number))
        for explanation in explanations {
            switch explanation.outcome {
            case .cached: cached += 1
            case .uncacheable: uncacheable += 1
            case .first where begun.contains(explanation.number): first.append(explanation)
            case .unknown where begun.contains(explanation.number): unexplained.append(explanation)
            case .first, .unknown: waiting += 1
            case .missed:
                // As the summary has it: the step where it began, and the first cause there that lies in the step.
                let number = explanation.causes.lazy.compactMap(\.root).first ?? explanation.number
                let cause = causes[number]?.first { $0.root == nil } ?? explanation.causes.first
                if let place = cause.flatMap({ places[$0.kind] }) {
                    groups[place].steps.append(explanation)
                } else {
                    unexplained.append(explanation)
                }
            }
        }
    }
}
