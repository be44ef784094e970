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
        case .artifact, .context: next(kind)
        case .attempt, .started, .finished: break
        }
    }

    private func renamed(_ status: SolveStatus) -> SolveStatus {
        status.part(place) { PlatformEvents.name($0, label) }
    }

    /// A step's name with the platform in it, where BuildKit's builds for several platforms have it:
    /// `[linux/arm64 2/5] RUN make`.
    static func name(_ name: String, _ label: String) -> String {
        guard name.hasPrefix("["), !label.isEmpty else { return label.isEmpty ? name : "[\(label)] \(name)" }
        // Several platforms on one node are told apart by the engine itself.
        if name.dropFirst().hasPrefix("linux/") || name.dropFirst().hasPrefix("windows/") { return name }
        return "[\(label) " + name.dropFirst()
    }
}
