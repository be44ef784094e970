public import CaissonBuildModel

/// Something that happened to a build in a queue.
public enum BuildQueueEvent: Sendable, Hashable {
    /// It is in the queue.
    case submitted(BuildID, name: String)
    /// An attempt was given to the engine; they are counted from 1.
    case started(BuildID, attempt: Int)
    /// A step began, or began again: it is told once for each time that it begins.
    case stepStarted(BuildID, step: String)
    /// A step ended, or was found in the cache.
    ///
    /// BuildKit looks a step up before it does it, and both have an end: a step may end, begin again and end again.
    /// Of several ends the last one says whether it came from the cache. One may come without a `stepStarted` before
    /// it, where the engine first says of the step that it has ended.
    case stepCompleted(BuildID, step: String, isCached: Bool)
    /// The build ended well.
    case completed(BuildID, BuildResult)
    /// The build failed for good.
    case failed(BuildID, BuildQueueError)
    /// The build was cancelled.
    case cancelled(BuildID)
    /// It has a place, and what it needs of the machine.
    case resourcesAllocated(BuildID, MachineNeeds)
    /// Its place and its part of the machine are free again.
    case resourcesReleased(BuildID, MachineNeeds)
    /// So many events aren't told, as nobody took them in time.
    ///
    /// Ends of builds are kept longer than others, but not without limit; see `BuildQueue.events(bound:)`.
    case missed(Int)
}

/// How far a build in a queue is.
public struct BuildQueueStatus: Sendable, Hashable {
    /// Where it is on its way.
    public enum Phase: Sendable, Hashable {
        /// It waits: behind how many, and for what.
        case queued(String)
        /// An attempt runs; they are counted from 1.
        case running(attempt: Int)
        /// It ended well.
        case succeeded(BuildResult)
        /// It failed.
        case failed(BuildQueueError)
        /// It was cancelled.
        case cancelled
    }

    /// Which build it is.
    public var id: BuildID
    /// What people call it.
    public var name: String
    /// Where it is on its way.
    public var phase: Phase
    /// Of the steps that run, the one that began last; nil where none runs.
    public var currentStep: String?
    /// How many steps of the attempt have ended; fewer again where one that had ended runs again.
    public var completedSteps = 0
    /// How many steps of the attempt are known; more may come.
    public var knownSteps = 0

    /// Whether nothing more comes of it.
    public var hasEnded: Bool {
        switch phase {
        case .queued, .running: false
        case .succeeded, .failed, .cancelled: true
        }
    }

    /// How much of it is done, from 0 to 1, by the steps that are known.
    public var fraction: Double {
        if case .succeeded = phase { return 1 }
        return knownSteps == 0 ? 0 : Double(completedSteps) / Double(knownSteps)
    }
}

/// The events of a queue from when it was asked for on, for one reader; it ends with the queue.
///
/// Events are kept for it as long as it, or an iterator of it, is held.
public struct BuildQueueEvents: AsyncSequence, Sendable {
    let outlet: EventOutlet

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(outlet: outlet) }

    /// Reads the events one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let outlet: EventOutlet

        /// The next event; nil once the queue has ended, or the task is cancelled.
        public mutating func next() async -> BuildQueueEvent? { await outlet.next() }
    }
}
