package import CaissonBuildModel
package import CaissonInsights
package import CaissonJSON

/// Why the steps of a build ran, for programs, complete.
///
/// All keys are always there, and what isn't known is `null`. Spans are seconds. Texts are as they came.
package struct MissJSON: Sendable {
    private let dossier: BuildDossier
    private let explanations: [StepExplanation]

    /// Takes a build and the explanations of its steps, as `MissExplanation.explain` gives them.
    package init(_ dossier: BuildDossier, _ explanations: [StepExplanation]) {
        self.dossier = dossier
        self.explanations = explanations
    }

    /// An object with `build`, `roots`, `unexplained` (a number of steps, first ones included) and
    /// `steps`.
    ///
    /// - A root has `cause`, `origins` (numbers of the steps in which it happened), `steps` (how many ran for it) and
    ///   `duration`; the one that cost most time comes first.
    /// - A step has `number`, `name`, `outcome` (`cached`, `uncacheable`, `first`, `missed` or `unknown`), `text`,
    ///   `duration`, `comparedWith` (a build) and `causes`, the surest first.
    /// - A cause has `kind`, `certainty` (`certain`, `likely` or `possible`), `evidence`, and as its kind has them
    ///   `step`, `build`, `name`, `before`, `now`, `added`, `removed`, `files` (each with `path` and `kind`), `omitted`
    ///   and `removal` (`time`, `engine`, `cause`, `descriptions`, `count`, `size`).
    package var value: JSON {
        let summary = MissSummary(of: dossier, explanations)
        let times = Dictionary(dossier.steps.map { ($0.number, dossier.duration(of: $0)) }) { first, _ in first }
        let steps = explanations.map { Self.step($0, times[$0.number] ?? nil) }
        return .members(
            ("build", .string(dossier.record.id.description)),
            ("roots", .array(summary.roots.map(Self.root))),
            ("unexplained", .whole(summary.first.count + summary.unexplained.count)),
            ("steps", .array(steps))
        )
    }

    /// The same over several lines, in which control characters and those of direction are escaped.
    package var text: String { value.wordLines }

    private static func root(_ root: MissSummary.Root) -> JSON {
        .members(
            ("cause", root.cause.json),
            ("origins", .array(root.origins.map { .whole($0) })),
            ("steps", .whole(root.steps.count)),
            ("duration", .span(root.time))
        )
    }

    private static func step(_ step: StepExplanation, _ duration: Duration?) -> JSON {
        let outcome =
            switch step.outcome {
            case .cached: "cached"
            case .uncacheable: "uncacheable"
            case .first: "first"
            case .missed: "missed"
            case .unknown: "unknown"
            }
        return .members(
            ("number", .whole(step.number)),
            ("name", .string(step.name)),
            ("outcome", .string(outcome)),
            ("text", .string(step.sentence)),
            ("duration", .span(duration)),
            ("comparedWith", .words(step.comparedWith?.description)),
            ("causes", .array(step.causes.map(\.json)))
        )
    }
}
