package import CaissonBuildModel
import Synchronization

/// Shows a job's build as the steps of the job; see `StepLines`.
package final class StepEvents: BuildEventSink, Sendable {
    private let next: any BuildEventSink
    private let lines: Mutex<StepLines>
    private let hear: @Sendable (String, Int) -> Void

    /// Makes a sink.
    ///
    /// - Parameters:
    ///   - title: What stands before the steps' names, such as `kernel`.
    ///   - next: Told of the events with the job's steps in them.
    ///   - hear: Called with the step that has begun and how many have ended before.
    package init(
        of dockerfile: JobDockerfile,
        titled title: String,
        to next: any BuildEventSink,
        hear: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) {
        self.next = next
        self.hear = hear
        lines = Mutex(StepLines(mark: dockerfile.mark, title: title))
    }

    /// Takes an event of the build.
    package func receive(_ event: BuildEvent) {
        var event = event
        switch event.kind {
        case .status(let status):
            let (told, news) = lines.withLock { lines in
                let before = lines.current
                let told = lines.read(status)
                return (told, lines.current == before ? nil : lines.current.map { ($0, lines.ended) })
            }
            if let news { hear(news.0, news.1) }
            event.kind = .status(told)
        case .finished(.failed(let error)): event.kind = .finished(.failed(told(error)))
        default: break
        }
        next.receive(event)
    }

    /// The same error with the job's step in the place of the `RUN` that all of them are.
    package func told(_ error: BuildError) -> BuildError {
        guard error.code == .step, let failed = lines.withLock({ $0.failed }) else { return error }
        var told = BuildError(.step, Self.message(failed, error), step: failed)
        told.step?.exitCode = failed.exitCode ?? error.step?.exitCode
        return told
    }

    private static func message(_ failed: FailedStep, _ error: BuildError) -> String {
        let status = failed.exitCode ?? error.step?.exitCode
        return "\(failed.name) failed" + (status.map { " with exit status \($0)" } ?? ": \(error.message)")
    }
}
