import CaissonBuildModel
import CaissonSecrets
import Synchronization

/// The one way out of a build: masks what leaves it, and numbers and dates its events.
final class BuildOutlet: Sendable {
    private struct State {
        var masking: EventMasking
        var next = 0
        var isOver = false
    }

    private let build: BuildID
    private let mask: OutgoingMask?
    private let sink: any BuildEventSink
    private let state: Mutex<State>

    /// Opens the outlet of a build.
    ///
    /// - Parameter mask: nil where the secrets couldn't be read, so that nobody knows them.
    init(_ build: BuildID, _ mask: OutgoingMask?, _ sink: any BuildEventSink) {
        self.build = build
        self.mask = mask
        self.sink = sink
        state = Mutex(State(masking: EventMasking(mask)))
    }

    /// Whether a step printed or named a secret.
    var hasMasked: Bool { state.withLock { $0.masking.hasMasked } }

    /// Tells that the build begins.
    func begin(_ start: BuildStart) { pass(.started(start)) }

    /// Tells of something that happened; a build's beginning and end aren't for drivers to tell.
    func tell(_ kind: BuildEvent.Kind) {
        switch kind {
        case .started, .finished: break
        case .attempt, .status, .notice, .context, .artifact: pass(kind)
        }
    }

    /// Passes on what happened; what comes after the end is nobody's any more.
    private func pass(_ kind: BuildEvent.Kind) {
        // Passed on under the lock, so that the order stays, and a sink takes one event at a time.
        state.withLock { state in
            guard !state.isOver else { return }
            if case .finished = kind { state.isOver = true }
            for kind in state.masking.take(kind) {
                sink.receive(BuildEvent(build: build, sequence: state.next, time: .now, kind: kind))
                state.next += 1
            }
        }
    }

    /// The error without secrets, before anybody shortens what it says: of half a secret nothing would be known.
    func masked(_ error: BuildError) -> BuildError { mask?.apply(error) ?? error }

    /// Tells of the end; the outcome as it may leave.
    func end(_ outcome: BuildOutcome) -> BuildOutcome {
        pass(.finished(outcome))
        return mask?.apply(outcome) ?? outcome
    }

    /// Tells of the end by an error; the error as it may leave.
    func fail(_ error: BuildError) -> BuildError {
        pass(.finished(error.code == .cancelled ? .cancelled : .failed(error)))
        return mask?.apply(error) ?? error
    }
}
