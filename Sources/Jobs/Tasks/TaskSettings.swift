package import CaissonBuildModel

/// What a run of a task depends on beside its file: the configuration, and what its user said with the command.
package struct TaskSettings: Sendable, Hashable {
    /// The run's name, which no other run has: what the steps share is kept under it on the engine.
    package var run: BuildID
    /// How long a step may take that doesn't say; nil for no bound.
    package var stepTimeout: Duration?
    /// How long the task may take if it doesn't say; nil for no bound.
    package var taskTimeout: Duration?
    /// Whether steps may have the network at all.
    package var isNetworkEnabled = true
    /// Whether the other steps go on when one fails.
    package var keepsGoing = false
    /// The directory in which a directory with the task's name gets its artifacts; nil where they stay on the engine.
    package var artifactDirectory: String?
    /// The directory in which a directory with the task's name gets its workspace; nil where it isn't kept.
    package var workspaceDirectory: String?
    /// What the engine writes into, where that isn't the directory with the task's name.
    package internal(set) var exports: [TaskShare: String] = [:]
    /// The image whose `cp` takes artifacts and workspace out; nil for that of most steps.
    package var collector: ImageReference?

    /// Makes settings that bound nothing and keep nothing.
    package init(run: BuildID = BuildID()) {
        self.run = run
    }
}
