package import CaissonBuildModel
import Synchronization

/// Tells the builds that a job is made of as one: it has succeeded only when its results were found right, and names the
/// place that they go to.
///
/// A kernel's tools, its source, itself and a second one for comparison are builds of their own to the engine. The events
/// of all of them get the job's id and are numbered through.
package final class JobEvents: BuildEventSink, Sendable {
    private struct State {
        var count = 0
        var hasStarted = false
        /// The end of the last build that succeeded.
        var held: BuildEvent?
    }

    private let next: any BuildEventSink
    private let id: BuildID
    private let stage: String
    private let path: String
    private let state = Mutex(State())

    /// Makes a sink.
    ///
    /// - Parameters:
    ///   - id: The job's.
    ///   - stage: The folder that the engine writes results to.
    ///   - path: The folder that they go to in the end.
    package init(_ next: any BuildEventSink, of id: BuildID, stage: String, path: String) {
        (self.next, self.id, self.stage, self.path) = (next, id, stage, path)
    }

    /// Takes an event of any of the builds.
    package func receive(_ event: BuildEvent) {
        state.withLock { state in
            switch event.kind {
            case .started:
                guard !state.hasStarted else { return }
                state.hasStarted = true
                tell(event, &state)
            case .finished(.succeeded): state.held = event
            case .artifact(let artifact):
                guard let told = told(artifact) else { return }
                var event = event
                event.kind = .artifact(told)
                tell(event, &state)
            default: tell(event, &state)
            }
        }
    }

    /// What leaves the job: an image in the engine's store is one of its tools, and other folders are its own.
    private func told(_ artifact: BuildArtifact) -> BuildArtifact? {
        switch artifact {
        case .directory(stage): .directory(path)
        case .directory, .image: nil
        default: artifact
        }
    }

    /// Tells how the job has ended: with this error, or as its last build did.
    package func end(_ error: BuildError?) {
        state.withLock { state in
            guard var event = state.held else { return }
            state.held = nil
            if let error { event.kind = .finished(.failed(error)) }
            tell(event, &state)
        }
    }

    /// Passes an event on; under the lock, so that their order is that of their numbers.
    private func tell(_ event: BuildEvent, _ state: inout State) {
        var event = event
        (event.build, event.sequence) = (id, state.count)
        state.count += 1
        next.receive(event)
    }
}
