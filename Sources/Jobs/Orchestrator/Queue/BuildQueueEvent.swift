public import CaissonBuildModel

/// Something that happened to a build in a queue.
public enum BuildQueueEvent: Sendable, Hashable {
    /// It is in the queue.
    case submitted(BuildID, name: String)
    /// An attempt was given to the engine; they are counted from 1.
    case started(BuildID, attempt: Int)
    /// A step began.
    case stepStarted(BuildID, step: String)
    /// A step ended, or was found in the cache.
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
    /// So many events aren't told, as nobody took them in time; those of a build's end always are.
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
    /// The step that began last and hasn't ended; nil where there is none.
    public var currentStep: String?
    /// How many steps have ended.
    public var completedSteps = 0
    /// How many steps are known; more may come.
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
