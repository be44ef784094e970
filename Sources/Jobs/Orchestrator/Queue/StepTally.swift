import CaissonBuildModel

/// How far the steps of a build are, by what its engine says of them.
///
/// BuildKit tells of one step several times: it begins and ends at once when it is looked up, begins again at a later
/// time while it runs, is pulled or is transferred, and ends again, perhaps as one that was in the cache. What was said
/// last holds.
struct StepTally: Sendable {
    /// What an update says that wasn't known.
    enum Change: Sendable, Hashable {
        /// A step began, or began again.
        case began(String)
        /// A step ended, or turned out to be from the cache.
        case ended(String, isCached: Bool)
    }

    private var steps: [String: Step] = [:]
    /// The digests of those that run, that of the one that began last at the end.
    private var running: [String] = []
    /// How many have begun.
    private(set) var begun = 0
    /// How many have ended and don't run again.
    private(set) var ended = 0

    /// So many are told apart.
    private static let limit = 10_000

    /// How many are known.
    var known: Int { steps.count }

    /// The one that began last of those that run.
    var current: String? { running.last.flatMap { steps[$0]?.name } }

    /// Whether a step has ended and doesn't run again.
    func hasEnded(_ digest: String) -> Bool { steps[digest]?.hasEnded ?? false }

    /// Takes what is said of a step; returns what is new in it.
    mutating func take(_ vertex: Vertex) -> Change? {
        let before = steps[vertex.digest] ?? Step(name: vertex.digest)
        guard steps[vertex.digest] != nil || steps.count < Self.limit else { return nil }
        var step = before
        let change = step.take(vertex)
        steps[vertex.digest] = step
        guard change != nil else { return nil }
        begun += before.hasBegun ? 0 : 1
        ended += (step.hasEnded ? 1 : 0) - (before.hasEnded ? 1 : 0)
        running.removeAll { $0 == vertex.digest }
        if !step.hasEnded { running.append(vertex.digest) }
        return change
    }

    /// Takes note that nothing runs any more, whatever was said last.
    mutating func stop() { running = [] }
}

/// What is known of one step.
private struct Step: Sendable {
    var name: String
    /// When it last began.
    var started: Timestamp?
    var hasEnded = false
    var isCached = false

    var hasBegun: Bool { started != nil || hasEnded }

    mutating func take(_ vertex: Vertex) -> StepTally.Change? {
        if !vertex.name.isEmpty { name = vertex.name }
        // That it was announced says nothing of how far it is.
        let isOtherStart = vertex.started.map { $0 != started } ?? false
        guard vertex.completed != nil else {
            // Said again of a start that has ended, it comes late.
            guard isOtherStart else { return nil }
            (started, hasEnded, isCached) = (vertex.started, false, false)
            return .began(name)
        }
        guard isOtherStart || !hasEnded || vertex.isCached && !isCached else { return nil }
        (started, hasEnded, isCached) = (vertex.started ?? started, true, vertex.isCached)
        return .ended(name, isCached: isCached)
    }
}
