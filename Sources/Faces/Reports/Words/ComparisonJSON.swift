import CaissonBuildModel
package import CaissonInsights
package import CaissonJSON

/// Two builds side by side for programs, complete: nothing is folded or cut.
///
/// All keys are always there, and what isn't known is `null`. Spans are seconds, sizes bytes. Differences in time are
/// negative where the second build was quicker. Texts are as they came.
package struct ComparisonJSON: Sendable {
    private let comparison: BuildComparison

    /// Takes a comparison.
    package init(_ comparison: BuildComparison) {
        self.comparison = comparison
    }

    /// An object with `first`, `second`, `differences`, `steps`, `asked`, `images` and `sameImages`.
    ///
    /// - A build has `id`, `status`, `waited`, `duration`, `work`, `steps`, `cachedSteps`, `sent`, `pulled`, `logSize`,
    ///   `imageSize`, `layers`, `error` and `artifacts`, those that the other one hasn't.
    /// - A difference has `subject` (`status`, `run`, `wait`, `step`, `asked` or `images`), `place` in `steps` or
    ///   `asked`, `lost` and `text`; they are in the order of their weight.
    /// - A step has `identity`, `occurrence`, `first`, `second`, `growth`, `moved` and `changedCaching`; in a build it
    ///   has `number`, `name`, `outcome`, `duration`, `logSize` and `baseDigest`.
    /// - What was asked for has `part`, `name`, `first` and `second`; an image `name`, `first`, `second` and `same`.
    package var value: JSON {
        .members(
            ("first", build(.first)),
            ("second", build(.second)),
            ("differences", .array(comparison.differences.map(Self.difference))),
            ("steps", .array(comparison.steps.map(Self.step))),
            ("asked", .array(comparison.asked.map(Self.asked))),
            ("images", .array(comparison.images.map(Self.image))),
            ("sameImages", .truth(comparison.madeSameImages))
        )
    }

    /// The same over several lines, in which control characters and those of direction are escaped.
    package var text: String { value.wordLines }

    private func build(_ side: ComparisonSide) -> JSON {
        let statistics = side.of(comparison.statistics)
        let traffic = side.of(comparison.traffic)
        return .members(
            ("id", .string(side.of(comparison.ids).description)),
            ("status", .string(side.of(comparison.status).rawValue)),
            ("waited", .span(side.of(comparison.waits))),
            ("duration", .span(side.of(comparison.runs))),
            ("work", .span(side.of(comparison.work))),
            ("steps", .whole(side.of(comparison.stepCounts))),
            ("cachedSteps", .whole(side.of(comparison.cachedSteps))),
            ("sent", .whole(traffic.sent)),
            ("pulled", .whole(traffic.pulled)),
            ("logSize", .whole(side.of(comparison.logSizes))),
            ("imageSize", .whole(statistics?.imageSize)),
            ("layers", .whole(statistics?.layers)),
            ("error", .words(side.of(comparison.errors))),
            ("artifacts", .array(side.of(comparison.artifacts).map(Self.artifact)))
        )
    }

    private static func difference(_ difference: BuildDifference) -> JSON {
        let (subject, place): (String, Int?) =
            switch difference.subject {
            case .status: ("status", nil)
            case .run: ("run", nil)
            case .wait: ("wait", nil)
            case .step(let place): ("step", place)
            case .asked(let place): ("asked", place)
            case .images: ("images", nil)
            }
        return .members(
            ("subject", .string(subject)),
            ("place", .whole(place)),
            ("lost", .span(difference.lost)),
            ("text", .string(difference.words))
        )
    }

    private static func step(_ step: StepComparison) -> JSON {
        .members(
            ("identity", .string(step.identity)),
            ("occurrence", .whole(step.occurrence)),
            ("first", step.first.map(figures) ?? .null),
            ("second", step.second.map(figures) ?? .null),
            ("growth", .span(step.growth)),
            ("moved", .bool(step.isMoved)),
            ("changedCaching", .bool(step.changedCaching))
        )
    }

    private static func figures(_ figures: StepComparison.Figures) -> JSON {
        .members(
            ("number", .whole(figures.number)),
            ("name", .string(figures.name)),
            ("outcome", .string(figures.outcome.rawValue)),
            ("duration", .span(figures.duration)),
            ("logSize", .whole(figures.logSize)),
            ("baseDigest", .words(figures.baseDigest))
        )
    }

    private static func asked(_ asked: AskedDifference) -> JSON {
        let part =
            switch asked.part {
            case .images: "images"
            case .context: "context"
            case .dockerfile: "dockerfile"
            case .target: "target"
            case .platforms: "platforms"
            case .revision: "revision"
            case .engine: "engine"
            case .request(let key): key
            }
        return .members(
            ("part", .string(part)),
            ("name", .words(asked.name)),
            ("first", .words(asked.first)),
            ("second", .words(asked.second))
        )
    }

    private static func image(_ image: ComparedImage) -> JSON {
        .members(
            ("name", .string(image.name)),
            ("first", .words(image.digests.first)),
            ("second", .words(image.digests.second)),
            ("same", .truth(image.isSame))
        )
    }

    private static func artifact(_ artifact: BuildArtifact) -> JSON {
        let (kind, name): (String, String?) =
            switch artifact {
            case .image(let image): ("image", image.names.first ?? image.digest ?? image.id)
            case .file(let path): ("file", path)
            case .directory(let path): ("directory", path)
            case .standardOutput: ("standard-output", nil)
            case .cache(let name): ("cache", name)
            }
        return .members(("kind", .string(kind)), ("name", .words(name)))
    }
}

/// One of two builds.
private enum ComparisonSide {
    case first, second

    /// Its figure of a pair.
    func of<Value>(_ pair: ComparedPair<Value>) -> Value { self == .first ? pair.first : pair.second }
}
