import CaissonBuildModel

/// The events of one of several builds that are one to their user: steps get the part's platform into their names, and
/// keys of their own.
struct PlatformEvents: Sendable {
    let next: @Sendable (BuildEvent.Kind) -> Void
    /// The part's place, which keeps the keys of steps apart: two engines may have steps of the same digest.
    let place: Int
    /// The part's platforms.
    let label: String

    func receive(_ kind: BuildEvent.Kind) {
        switch kind {
        case .status(let status): next(.status(renamed(status)))
        case .notice(let text): next(.notice("\(label): \(message: text)"))
        // The builds begin and end as one.
        case .attempt(var attempt) where attempt.number > 1:
            attempt.what = "\(label): \(attempt.what)"
            next(.attempt(attempt))
        case .artifact: next(kind)
        case .attempt, .started, .finished: break
        }
    }

    private func renamed(_ status: SolveStatus) -> SolveStatus {
        var status = status
        for index in status.vertexes.indices {
            status.vertexes[index].digest = key(status.vertexes[index].digest)
            status.vertexes[index].inputs = status.vertexes[index].inputs.map(key)
            status.vertexes[index].name = PlatformEvents.name(status.vertexes[index].name, label)
            if let group = status.vertexes[index].group { status.vertexes[index].group?.id = key(group.id) }
        }
        for index in status.statuses.indices { status.statuses[index].vertex = key(status.statuses[index].vertex) }
        for index in status.logs.indices { status.logs[index].vertex = key(status.logs[index].vertex) }
        for index in status.warnings.indices { status.warnings[index].vertex = key(status.warnings[index].vertex) }
        return status
    }

    private func key(_ digest: String) -> String { digest.isEmpty ? "" : "\(place)/\(digest)" }

    /// A step's name with the platform in it, where BuildKit's builds for several platforms have it:
    /// `[linux/arm64 2/5] RUN make`.
    static func name(_ name: String, _ label: String) -> String {
        guard name.hasPrefix("["), !label.isEmpty else { return label.isEmpty ? name : "[\(label)] \(name)" }
        // Several platforms on one node are told apart by the engine itself.
        if name.dropFirst().hasPrefix("linux/") || name.dropFirst().hasPrefix("windows/") { return name }
        return "[\(label) " + name.dropFirst()
    }
}
