import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import CaissonReporting

extension MissCause {
    /// The keys of a cause, in their order.
    private static let keys = [
        "step", "build", "name", "before", "now", "added", "removed", "files", "omitted", "removal",
    ]

    /// The cause with all keys; those that its kind hasn't are `null`.
    var json: JSON {
        let details = details
        return .object(
            [
                JSONMember("kind", .string(word)), JSONMember("certainty", .string(certainty.rawValue)),
                JSONMember("evidence", .string(evidence)),
            ] + Self.keys.map { JSONMember($0, details[$0] ?? .null) }
        )
    }

    private var word: String {
        switch kind {
        case .noCache: "no-cache"
        case .otherEngine: "other-engine"
        case .earlierStep: "earlier-step"
        case .instructionChanged: "instruction-changed"
        case .instructionAdded: "instruction-added"
        case .baseChanged: "base-changed"
        case .argumentChanged: "argument-changed"
        case .filesChanged: "files-changed"
        case .secretsChanged: "secrets-changed"
        case .evicted: "evicted"
        case .targetOrPlatformChanged: "target-or-platform-changed"
        case .externalSource: "external-source"
        case .frontendChanged: "frontend-changed"
        case .contextMount: "context-mount"
        case .failedBefore: "failed-before"
        }
    }

    private var details: [String: JSON] {
        switch kind {
        case .noCache(let stage): ["name": .words(stage)]
        case .earlierStep(let number): ["step": .whole(number)]
        case .otherEngine(let before, let now), .instructionChanged(let before, let now),
            .targetOrPlatformChanged(let before, let now), .frontendChanged(let before, let now):
            ["before": .string(before), "now": .string(now)]
        case .instructionAdded: [:]
        case .baseChanged(let name, let before, let now):
            ["name": .string(name), "before": .string(before), "now": .string(now)]
        case .argumentChanged(let name, let before, let now), .externalSource(let name, let before, let now):
            ["name": .string(name), "before": .words(before), "now": .words(now)]
        case .filesChanged(let changes, let omitted), .contextMount(let changes, let omitted):
            ["files": .array(changes.map(Self.file)), "omitted": .whole(omitted)]
        case .secretsChanged(let added, let removed):
            ["added": .array(added.map { .string($0) }), "removed": .array(removed.map { .string($0) })]
        case .evicted(let removal): ["removal": removal.map(Self.removal) ?? .null]
        case .failedBefore(let build): ["build": .string(build.description)]
        }
    }

    private static func file(_ change: ContextChange) -> JSON {
        .members(("path", .string(change.path)), ("kind", .string(change.kind.rawValue)))
    }

    private static func removal(_ removal: CacheRemoval) -> JSON {
        .members(
            ("time", .string(removal.time.rfc3339)),
            ("engine", .string(removal.engine)),
            ("cause", .string(removal.cause)),
            ("descriptions", .array(removal.descriptions.map { .string($0) })),
            ("count", .whole(removal.count)),
            ("size", .whole(removal.size))
        )
    }
}
