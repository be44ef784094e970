public import CaissonBuildModel
import CaissonText

/// Why a queue of builds can't do what was asked, or what a build in it failed with.
public enum BuildQueueError: Error, Sendable, Hashable {
    /// There is no build of that id, or it ended too long ago.
    case buildNotFound(BuildID)
    /// A step failed; the exit code is nil where no process ran.
    case stepFailed(step: String, exitCode: Int?, BuildError)
    /// A time ran out: that of the build, of a step, or without a sign of life.
    case timeout(after: Duration, BuildError)
    /// The queue is full or has ended, a build of that id is in it, or the build needs more than the builder has.
    case resourceAllocationFailed(BuildError)
    /// It failed in another way.
    case executionError(BuildError)

    /// What failed, which object, and what to do.
    public var error: BuildError {
        switch self {
        case .buildNotFound(let id):
            BuildError(.usage, "there is no build \(id.description.quoted) — it may have ended long ago")
        case .stepFailed(_, _, let error), .timeout(_, let error), .resourceAllocationFailed(let error),
            .executionError(let error):
            error
        }
    }

    /// Why a build isn't taken that could be, by its name.
    static func refusal(of name: String, _ reason: String) -> Self {
        .resourceAllocationFailed(BuildError(.usage, "\(name) isn't queued: \(reason)"))
    }

    /// What a build failed with, by its error.
    init(_ error: BuildError) {
        guard error.code == .step, let step = error.step else {
            self = .executionError(error)
            return
        }
        self = .stepFailed(step: step.name.isEmpty ? step.vertex : step.name, exitCode: step.exitCode, error)
    }
}

extension BuildQueueError: CustomStringConvertible {
    /// The message alone.
    public var description: String { error.message }
}

extension JobExpiry {
    /// How long something was allowed to take.
    var limit: Duration {
        switch self {
        case .build(let limit), .step(_, let limit), .silence(let limit): limit
        }
    }
}
