package import CaissonBuildModel

/// What a scheduler is told.
package enum SchedulerEvent: Sendable, Hashable {
    /// Jobs are to be run; those that depend on each other come together, in any order.
    case submitted([ScheduledJob])
    /// The jobs of a batch go on when one of them fails; told before they are submitted.
    case keepsGoing(batch: Int)
    /// An engine has an attempt: its time counts from here.
    case began(AttemptID)
    /// A step of an attempt starts.
    case stepStarted(AttemptID, String)
    /// A step of an attempt ended.
    case stepEnded(AttemptID, String)
    /// An attempt gave a sign of life.
    case heard(AttemptID)
    /// An attempt waits for another job: its time doesn't count, and it needs no place.
    case waits(AttemptID)
    /// What it waited for is there: it needs its place again.
    case goesOn(AttemptID)
    /// An attempt ended.
    case ended(AttemptID, AttemptEnd)
    /// Something of a batch failed that is no job's.
    case batchFailed(Int)
    /// A job is no longer wanted.
    case cancelled(JobID)
    /// Nothing is wanted any more.
    case allCancelled
    /// Nothing happened but that time has passed.
    case timePassed
}

/// How an attempt ended.
package enum AttemptEnd: Sendable, Hashable {
    case succeeded
    /// It failed; the cause is nil for failures that come again with every attempt.
    case failed(RetryPolicy.Cause?)
    /// What it is built from wasn't built.
    case skipped
    /// Somebody stopped it.
    case stopped
}

/// What is to be done.
package enum SchedulerAction: Sendable, Hashable {
    /// A place and a part of the machine are taken.
    case allocated(AttemptID, MachineNeeds)
    /// An attempt is to be started.
    case start(AttemptID)
    /// An attempt that waited for another job has its place again.
    case goOn(AttemptID)
    /// An attempt is to be stopped; its end is waited for.
    case cancel(AttemptID, JobCancellation)
    /// An attempt is stopped and doesn't end: nobody waits for it any more.
    case abandon(AttemptID)
    /// Its place and its part of the machine are free.
    case released(AttemptID, MachineNeeds)
    /// A job is tried again after a pause.
    case retry(AttemptID, RetryPolicy.Cause, after: Duration)
    /// A job has ended.
    case end(JobID, JobEnding)
    /// A job isn't taken; nothing else is said of it, unless there was one of its number.
    case refuse(JobID, JobRefusal)
    /// Time is to be told of then, at the latest.
    case wake(at: Duration)
}

/// How a job ended: the one thing that is said of each at last.
package enum JobEnding: Sendable, Hashable {
    case succeeded
    case failed(RetryPolicy.Cause?)
    /// Its time ran out.
    case timedOut(JobExpiry)
    /// It wasn't begun, as another didn't end well; or what it is built from wasn't built, where none is named.
    case skipped(Cause?)
    case cancelled(JobCancellation)

    /// What others make of it.
    package enum Kind: Sendable, Hashable {
        case well, failed, skipped, cancelled

        /// What a job says that needed the other to end well.
        package func reason(_ name: String) -> String {
            switch self {
            case .well, .failed: "not built, as \(name) failed"
            case .skipped: "not built, as \(name) wasn't built"
            case .cancelled: "not built, as \(name) was stopped"
            }
        }
    }

    /// The job because of which another wasn't begun, and how that one ended.
    package struct Cause: Sendable, Hashable {
        package var job: JobID
        package var kind: Kind
    }

    /// What others make of it.
    package var kind: Kind {
        switch self {
        case .succeeded: .well
        case .failed, .timedOut: .failed
        case .skipped: .skipped
        case .cancelled: .cancelled
        }
    }
}

/// Why a job is stopped.
package enum JobCancellation: Sendable, Hashable {
    /// That was asked for.
    case asked
    /// Another of its batch failed.
    case batchFailed
    /// Its time ran out.
    case expired(JobExpiry)
    /// Somebody else stopped it at the engine.
    case elsewhere
}

/// Which time ran out.
package enum JobExpiry: Sendable, Hashable {
    /// That of the build.
    case build(Duration)
    /// That of a step.
    case step(String, Duration)
    /// That in which it has to give a sign of life.
    case silence(Duration)
}

/// Why a job isn't taken.
package enum JobRefusal: Sendable, Hashable {
    /// As many wait as may wait.
    case queueIsFull(size: Int)
    /// There is or was a job of that number.
    case known
    /// It depends on a job that nobody knows.
    case unknownDependency(JobID)
    /// It would wait for itself.
    case circle
    /// It needs more than the whole machine has: `processors`, `memory`, `disk` or `network`.
    case exceeds(String)
}
