package import CaissonBuildModel

/// Which job of a scheduler it is: a number that whoever submits it chooses, and never uses again.
package struct JobID: Sendable, Hashable, Comparable {
    package let number: Int

    /// Takes a number.
    package init(_ number: Int) {
        self.number = number
    }

    package static func < (left: JobID, right: JobID) -> Bool { left.number < right.number }
}

/// One try of a job.
package struct AttemptID: Sendable, Hashable {
    /// The job.
    package var job: JobID
    /// Which try it is, from 1.
    package var number: Int

    /// Names a try.
    package init(_ job: JobID, _ number: Int) {
        self.job = job
        self.number = number
    }
}

/// A build that is to be run, as far as that matters for when it begins and how long it may take.
package struct ScheduledJob: Sendable, Hashable {
    /// A job that has to end before, and how.
    package struct Dependency: Sendable, Hashable {
        /// The job.
        package var job: JobID
        /// How it has to end.
        package var condition: CaissonBuildModel.Dependency.Condition

        /// Makes a dependency.
        package init(on job: JobID, _ condition: CaissonBuildModel.Dependency.Condition = .success) {
            self.job = job
            self.condition = condition
        }
    }

    /// Which one it is.
    package var id: JobID
    /// What people call it.
    package var name: String
    /// What has to end before it begins.
    package var dependencies: [Dependency] = []
    /// How urgent it is: from 0, the least; what is beyond the highest counts as that.
    package var level = 0
    /// Whom its turns are counted for.
    package var project = ""
    /// What it takes of the machine while it works.
    package var needs = MachineNeeds()
    /// How long an attempt may take from when the engine has it; nil for no bound.
    package var timeout: Duration?
    /// How long each of its steps may take; nil for no bound.
    package var stepTimeout: Duration?
    /// How long it may say nothing; nil for no bound.
    package var silenceTimeout: Duration?
    /// How it is tried again; nil for not at all.
    package var retry: RetryPolicy?
    /// The references that it pushes: two jobs that push one never work at once.
    package var pushes: Set<String> = []
    /// The caches that it imports: two jobs that import one don't start in the same instant.
    package var imports: Set<String> = []
    /// The jobs that it fails with, where they don't keep going; nil for none.
    package var batch: Int?

    /// Makes a job that waits for nothing.
    package init(_ id: JobID, _ name: String) {
        self.id = id
        self.name = name
    }
}
