package import CaissonBuildModel
import Synchronization

/// Stands between a driver and every reader of its events, and lets no known secret through.
///
/// Output of steps comes in pieces that may cut a secret in two: what may be the beginning of one is held until more comes
/// or the step ends, each stream of each step by itself.
package final class MaskingSink: BuildEventSink {
    private let state: Mutex<EventMasking>
    private let next: any BuildEventSink

    /// Passes events on to `next` with what `mask` knows replaced.
    package init(_ mask: SecretMask, next: any BuildEventSink) {
        state = Mutex(EventMasking(mask: mask))
        self.next = next
    }

    /// Whether a step printed or named a secret, so that the engine has seen it in what it keeps of a build.
    package var hasMasked: Bool { state.withLock { $0.hasMasked } }

    package func receive(_ event: BuildEvent) {
        // Passed on under the lock, so that the order stays.
        state.withLock { state in
            for event in state.take(event) { next.receive(event) }
        }
    }
}

/// The state of a masked stream of events.
struct EventMasking: Sendable {
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

    private let mask: SecretMask
    private var waiting: [Stream: Waiting] = [:]
    /// Whether anything of a step had to be replaced.
    private(set) var hasMasked = false

    /// Makes the state before any event.
    init(mask: SecretMask) {
        self.mask = mask
    }

    /// The events that an event becomes.
    mutating func take(_ event: BuildEvent) -> [BuildEvent] {
        switch event {
        case .status(var status):
            let wasEmpty = status.isEmpty
            status.logs = status.logs.compactMap { take($0) }
            for vertex in status.vertexes where vertex.completed != nil { status.logs += finish(vertex.digest) }
            guard !status.isEmpty || wasEmpty else { return [] }
            let masked = mask.apply(.status(status))
            if masked != .status(status) { hasMasked = true }
            return [masked]
        case .finished:
            let rest = waiting.keys.sorted { ($0.vertex, $0.number) < ($1.vertex, $1.number) }.compactMap { finish($0) }
            let last = rest.isEmpty ? [] : [BuildEvent.status(SolveStatus(logs: rest))]
            return last + [mask.apply(event)]
        case .started, .notice:
            return [mask.apply(event)]
        }
    }

    private mutating func take(_ log: VertexLog) -> VertexLog? {
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
        guard var entry = waiting.removeValue(forKey: stream) else { return nil }
        let rest = mask.finish(&entry.state)
        guard !rest.isEmpty else { return nil }
        entry.last.data = rest
        return entry.last
    }
}
