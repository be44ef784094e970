public import CaissonBuildModel

/// How much a scheduler lets run at a time, and what goes for jobs that don't say otherwise.
public struct SchedulerLimits: Sendable, Hashable {
    /// How many builds work at a time; nil for no bound.
    public var maxConcurrentBuilds: Int? = 4
    /// What builds may take of the machine together; what is nil has no bound.
    ///
    /// Where `network` is false, a build that needs the network is refused.
    public var pool = MachineNeeds()
    /// How many builds may wait; nil for no bound.
    ///
    /// What comes beyond is refused by name.
    public var queueSize: Int? = 1000
    /// How many levels of urgency there are, 1 or more.
    public var priorityLevels = 3
    /// How long a build of the highest level waits before it has its turn ahead of all that came later.
    ///
    /// Each level below waits as long again.
    public var ageing = Duration.seconds(300)
    /// How far apart builds start that import the same cache of a registry or a service.
    public var importSpacing = Duration.milliseconds(200)
    /// How long a build that is cancelled may take to end before nobody waits for it any more; nil for no bound.
    public var cancelGrace: Duration? = .seconds(30)
    /// How builds are tried again that don't say; nil for not at all.
    public var retry: RetryPolicy? = RetryPolicy()
    /// How long a build may take that doesn't say; nil for no bound.
    public var buildTimeout: Duration?
    /// How long a step may take; nil for no bound.
    public var stepTimeout: Duration?

    /// The limits of a queue that many share: four builds at a time, a thousand that wait, three levels.
    public init() {}

    /// No limits: all that needn't wait for others begins at once, and nothing is tried again that doesn't say so.
    public static var none: SchedulerLimits {
        var limits = SchedulerLimits()
        limits.maxConcurrentBuilds = nil
        limits.queueSize = nil
        limits.importSpacing = .zero
        limits.cancelGrace = nil
        limits.retry = nil
        return limits
    }

    /// The level that a node's priority means: `low`, `normal`, `high`, or a number of which a greater one is more urgent.
    ///
    /// What says nothing is normal, the middle level; a number beyond the highest level counts as that.
    package func level(of priority: String?) -> Int {
        let highest = max(priorityLevels, 1) - 1
        return switch priority {
        case "low": 0
        case "high": highest
        case let text?: Int(text).map { min(max($0, 0), highest) } ?? highest / 2
        case nil: highest / 2
        }
    }
}
