package import CaissonBuildModel

/// One build in focus, with its steps.
package struct ReportBuild: Sendable, Hashable {
    /// A step on the critical path.
    package struct PathPart: Sendable, Hashable {
        /// The number of the step.
        package var step: Int
        /// How long it waited after the step before it on the path had ended, in seconds.
        package var wait: Double
        /// What it waited for, in words; nil where that isn't known.
        package var reason: String?

        /// Makes a part of the path.
        package init(step: Int, wait: Double = 0, reason: String? = nil) {
            self.step = step
            self.wait = wait
            self.reason = reason
        }
    }

    /// The build's id.
    package var id: String
    /// Its names, such as those of its images or of its target.
    package var names: [String] = []
    /// Where it stands.
    package var status: BuildStatus
    /// What ran it.
    package var engine: String?
    /// When it began.
    package var started: Timestamp?
    /// When it ended; nil while it runs, or where nobody saw its end.
    package var ended: Timestamp?
    /// The source that was built, such as a commit.
    package var revision: String?
    /// Why it failed.
    package var error: String?
    /// Its steps, in the order in which they are to be shown; those of a stage need not stand together.
    package var steps: [ReportStep] = []
    /// The chain of steps that decided how long it took, first to last.
    package var path: [PathPart] = []

    /// Makes a build without steps.
    package init(id: String, status: BuildStatus) {
        self.id = id
        self.status = status
    }
}
