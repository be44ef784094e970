import Synchronization

/// Writes how a job stands, whenever that changes; a file that can't be written fails no job.
package final class JobStatusReport: Sendable {
    private let status: Mutex<JobStatus>
    private let path: String

    /// Begins to report, which is told already.
    package init(_ status: JobStatus, at path: String) {
        self.path = path
        self.status = Mutex(status)
        write(status)
    }

    /// Writes a status.
    package func write(_ status: JobStatus) { try? status.write(to: path) }

    /// The steps are about to run.
    package func begin() { change { $0.state = .running } }

    /// Hears of a step that has begun.
    package func hear(_ step: String, _ ended: Int) {
        change { ($0.step, $0.ended) = (step, ended) }
    }

    /// The last status, which isn't written yet.
    package func last(_ state: JobState, _ message: String?) -> JobStatus {
        status.withLock { status in
            (status.state, status.message, status.step) = (state, message, nil)
            return status
        }
    }

    /// Writes the last status.
    package func end(_ state: JobState, _ message: String?) { write(last(state, message)) }

    private func change(_ body: (inout JobStatus) -> Void) {
        write(
            status.withLock { status in
                body(&status)
                return status
            }
        )
    }
}
