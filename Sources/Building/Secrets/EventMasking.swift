package import CaissonBuildModel

/// A masked stream of events: lets no known secret through.
///
/// Output of steps comes in pieces that may cut a secret in two: what may be the beginning of one is held until more comes
/// or the step ends, each stream of each step by itself.
package struct EventMasking: Sendable {
    /// Streams in the middle of something that are kept at most; an engine that invents more gets theirs cut.
    static let streamLimit = 100_000

    private struct Stream: Hashable {
        var vertex: String
        var number: Int
    }

    private struct Waiting {
        var state: SecretMask.StreamState
        var last: VertexLog
    }

    private let outgoing: OutgoingMask
    /// The mask of streams; nil where there is nothing to hide.
    private let mask: SecretMask?
    private var waiting: [Stream: Waiting] = [:]
    /// Whether a step printed or named a secret, so that the engine has seen it in what it keeps of a build.
    package private(set) var hasMasked = false

    /// Makes the state before any event.
    ///
    /// - Parameter mask: nil where nothing is known that is to be hidden.
    package init(_ mask: OutgoingMask?) {
        outgoing = mask ?? OutgoingMask(nil)
        self.mask = outgoing.ofStreams
    }

    /// What is told of something that happened; it may be nothing, or what was held back before it.
    package mutating func take(_ kind: BuildEvent.Kind) -> [BuildEvent.Kind] {
        guard mask != nil else { return [kind] }
        switch kind {
        case .status(var status):
            let wasEmpty = status.isEmpty
            status.logs = status.logs.compactMap { take($0) }
            for vertex in status.vertexes where vertex.completed != nil { status.logs += finish(vertex.digest) }
            guard !status.isEmpty || wasEmpty else { return [] }
            let masked = outgoing.apply(status)
            if masked != status { hasMasked = true }
            return [.status(masked)]
        case .finished:
            let rest = waiting.keys.sorted { ($0.vertex, $0.number) < ($1.vertex, $1.number) }.compactMap { finish($0) }
            let last = rest.isEmpty ? [] : [BuildEvent.Kind.status(SolveStatus(logs: rest))]
            return last + [outgoing.apply(kind)]
        case .started, .attempt, .notice, .context, .artifact:
            return [outgoing.apply(kind)]
        }
    }

    private mutating func take(_ log: VertexLog) -> VertexLog? {
        guard let mask else { return log }
        let stream = Stream(vertex: log.vertex, number: log.stream)
        var state = waiting[stream]?.state ?? SecretMask.StreamState()
        var log = log
        let isKept = waiting[stream] != nil || waiting.count < Self.streamLimit
        log.data = isKept ? mask.apply(log.data, &state) : mask.apply(log.data)
        if state.hasFound { hasMasked = true }
        var last = log
        last.data = []
        waiting[stream] = state.isIdle || !isKept ? nil : Waiting(state: state, last: last)
        return log.data.isEmpty ? nil : log
    }

    private mutating func finish(_ vertex: String) -> [VertexLog] {
        guard !waiting.isEmpty else { return [] }
        return waiting.keys.filter { $0.vertex == vertex }.sorted { $0.number < $1.number }.compactMap { finish($0) }
    }

    private mutating func finish(_ stream: Stream) -> VertexLog? {
        guard let mask, var entry = waiting.removeValue(forKey: stream) else { return nil }
        let rest = mask.finish(&entry.state)
        guard !rest.isEmpty else { return nil }
        entry.last.data = rest
        return entry.last
    }
}
