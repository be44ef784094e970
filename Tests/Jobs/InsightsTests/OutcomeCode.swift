import CaissonBuildModel
import CaissonInsights

extension StepExplanation.Outcome {
    /// The outcome in a short form: `files(src/a)!`, with `!` for what is certain, `~` for likely, `?` for possible.
    var code: String {
        switch self {
        case .cached: "cached"
        case .uncacheable: "uncacheable"
        case .first: "first"
        case .unknown: "unknown"
        case .missed(let causes): causes.map(\.code).joined(separator: " ")
        }
    }
}

extension MissCause {
    var code: String {
        let mark =
            switch certainty {
            case .certain: "!"
            case .likely: "~"
            case .possible: "?"
            }
        return word + mark
    }

    private var word: String {
        switch kind {
        case .noCache(let stage): return "nocache(\(stage ?? ""))"
        case .otherEngine: return "engine"
        case .earlierStep(let number): return "step(\(number))"
        case .instructionChanged(let before, _): return "changed(\(before))"
        case .instructionAdded: return "added"
        case .baseChanged(_, let before, let now): return "base(\(before)>\(now))"
        case .argumentChanged(let name, let before, let now): return "arg(\(name) \(before ?? "-")>\(now ?? "-"))"
        case .filesChanged(let changes, let omitted): return "files(\(Self.list(changes, omitted)))"
        case .contextMount(let changes, let omitted): return "mount(\(Self.list(changes, omitted)))"
        case .secretsChanged(let added, let removed): return "secrets(+\(added.joined()) -\(removed.joined()))"
        case .evicted(let removal): return removal == nil ? "gone" : "evicted"
        case .targetOrPlatformChanged(let before, let now): return "target(\(before)>\(now))"
        case .externalSource(_, let before, let now): return "source(\(before ?? "-")>\(now ?? "-"))"
        case .frontendChanged: return "frontend"
        case .failedBefore(let id): return "failed(\(id.description.drop { $0 == "0" }))"
        }
    }

    private static func list(_ changes: [ContextChange], _ omitted: Int) -> String {
        changes.map(\.path).joined(separator: ",") + (omitted > 0 ? "+\(omitted)" : "")
    }
}
