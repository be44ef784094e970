package import CaissonBuildModel
import Synchronization

/// A sink that keeps all events of a build, as slowly as a test wants.
package final class EventRecorder: BuildEventSink {
    private let kept = Mutex<[BuildEvent]>([])
    private let delay: @Sendable () -> Void

    /// Makes a sink; `delay` runs before each event is taken.
    package init(delay: @escaping @Sendable () -> Void = {}) {
        self.delay = delay
    }

    /// The events so far.
    package var events: [BuildEvent] { kept.withLock { $0 } }

    /// What happened so far.
    package var kinds: [BuildEvent.Kind] { events.map(\.kind) }

    /// How the build ended; nil while it runs.
    package var outcome: BuildOutcome? {
        if case .finished(let outcome)? = kinds.last { outcome } else { nil }
    }

    /// What a stream of events must be and isn't; empty where all is well.
    package var faults: [String] {
        let events = events
        var faults: [String] = []
        if case .started? = events.first?.kind {} else { faults.append("started isn't first") }
        if case .finished? = events.last?.kind {} else { faults.append("finished isn't last") }
        let ends = events.count { if case .finished = $0.kind { true } else { false } }
        let starts = events.count { if case .started = $0.kind { true } else { false } }
        if starts != 1 || ends != 1 { faults.append("it started \(starts) times and finished \(ends) times") }
        if events.map(\.sequence) != Array(events.indices) {
            faults.append("the sequence is \(events.map(\.sequence))")
        }
        if Set(events.map(\.build)).count > 1 { faults.append("it has several ids") }
        if zip(events, events.dropFirst()).contains(where: { $1.time < $0.time }) {
            faults.append("time runs backwards")
        }
        return faults
    }

    /// Takes the next event.
    package func receive(_ event: BuildEvent) {
        delay()
        kept.withLock { $0.append(event) }
    }
}
