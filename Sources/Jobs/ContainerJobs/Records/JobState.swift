/// How a job stands.
package enum JobState: String, Sendable, Hashable, CaseIterable {
    /// It waits for its turn.
    case pending = "PENDING"
    /// Its steps run.
    case running = "RUNNING"
    /// It gave all that it should, and that was found right.
    case pass = "PASS"
    /// A step failed, or what it gave isn't right.
    case fail = "FAIL"
    /// Its user stopped it.
    case cancelled = "CANCELLED"
    /// Its time ran out.
    case timeout = "TIMEOUT"
    /// Something else than the job failed, such as the engine.
    case incomplete = "INCOMPLETE"

    /// Whether nothing more happens to it.
    package var isEnded: Bool { self != .pending && self != .running }
}
