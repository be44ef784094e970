/// Where a build stands, the same for builds, targets of batches and tasks.
public enum BuildStatus: String, Sendable, Hashable, CaseIterable {
    /// It waits for its turn.
    case queued
    /// It runs.
    case running
    /// It ended well.
    case succeeded
    /// It failed.
    case failed
    /// Its user stopped it, or it was stopped because another failed.
    case cancelled
    /// Its time ran out.
    case timedOut = "timed-out"
    /// It was never begun, as what it needs failed.
    case skipped
    /// The process that ran it ended before it.
    case interrupted

    /// Whether nothing more comes of it.
    public var isFinal: Bool { self != .queued && self != .running }
}
