public import CaissonBuildModel

/// Somebody who looks on while a plan runs, and hears of each node what the common progress doesn't say.
public struct PlanObserver: Sendable {
    /// Something that happened to a node.
    public enum News: Sendable {
        /// It waits for others on this machine, for this reason.
        case waits(String)
        /// An attempt of it began; they are counted from 1.
        case began(attempt: Int)
        /// Something happened in it, with its own ids of steps.
        case event(BuildEvent)
        /// It has ended, and nothing follows.
        case ended(PlanReport.Node)
    }

    /// Hears of the nodes, by their names; called in the order in which things happen to a node, and mustn't block.
    public var hear: @Sendable (_ node: String, _ news: News) -> Void
    /// Gets the queue as the plan begins, to ask it why nodes wait.
    public var begins: @Sendable (PlanQueue) -> Void

    /// Makes an observer.
    public init(
        begins: @escaping @Sendable (PlanQueue) -> Void = { _ in },
        hear: @escaping @Sendable (_ node: String, _ news: News) -> Void
    ) {
        self.begins = begins
        self.hear = hear
    }
}

/// The nodes of a running plan that haven't begun.
public struct PlanQueue: Sendable {
    let names: [String]
    let desk: SchedulerDesk

    /// Why nodes wait, by their names: `4 builds run already, 2 are before it`.
    public func waits() -> [String: String] {
        var reasons: [String: String] = [:]
        for (job, wait) in desk.waits() where names.indices.contains(job.number) {
            reasons[names[job.number]] = wait.description
        }
        return reasons
    }

    /// Cancels a node, whether it waits or runs; one that has ended stays as it is.
    public func cancel(_ name: String) {
        guard let place = names.firstIndex(of: name) else { return }
        desk.tell(.cancelled(JobID(place)))
    }
}
