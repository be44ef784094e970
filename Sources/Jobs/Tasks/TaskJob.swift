package import CaissonBuildModel

/// A task: commands that run in containers and share a workspace, and what they need; the file of `caisson task run`.
package struct TaskJob: Sendable, Hashable {
    /// One command in a container of its own.
    package struct Step: Sendable, Hashable {
        /// Its name, which no other step of the task has.
        package var id: String
        /// The image whose files it sees and whose programs it runs.
        package var image: ImageReference
        /// The program: a path, or a name that is looked up along `PATH`.
        package var command: String
        /// What the program is given.
        package var arguments: [String] = []
        /// Variables beside those of the image, by their names.
        package var environment: [String: String] = [:]
        /// The directory that it runs in; an absolute path in the container.
        package var workingDirectory = TaskDirectory.workspace
        /// How long it may take; nil where nothing is said.
        package var timeout: Duration?
        /// The steps that have to end well before it begins.
        package var dependencies: [String] = []
        /// Whether it has the network; nil where the task decides.
        package var network: Bool?

        /// Makes a step.
        package init(_ id: String, image: ImageReference, command: String) {
            self.id = id
            self.image = image
            self.command = command
        }
    }

    /// The name by which its user knows it; a name that a directory may have.
    package var id: String
    /// The image of steps that name none.
    package var image: ImageReference?
    /// The steps, in the order of the file.
    package var steps: [Step]
    /// What it takes of the machine as a whole.
    package var resources = MachineNeeds()
    /// How long it may take as a whole; nil where nothing is said.
    package var timeout: Duration?
    /// Who answers for it.
    package var owner: String?
    /// The project that it belongs to.
    package var project: String?
    /// How urgent it is: `low`, `normal`, `high`, or a number of which a greater one is more urgent.
    package var priority: String?
    /// How long it will take, as its user thinks.
    package var estimatedDuration: Duration?
    /// Words to find it by.
    package var tags: [String] = []

    /// Makes a task.
    package init(_ id: String, steps: [Step]) {
        self.id = id
        self.steps = steps
    }
}

extension TaskJob {
    /// So many bytes a task's file may have.
    package static let fileLimit = 4 << 20
    /// So many steps a task may have.
    package static let stepLimit = 10_000

    /// Whether a step has the network.
    ///
    /// What the step says counts, then what the task says; where neither does, it has.
    package func hasNetwork(_ step: Step) -> Bool { step.network ?? resources.network ?? true }
}

/// Directories that the steps of a task find.
package enum TaskDirectory {
    /// What the steps of a task share.
    package static let workspace = "/workspace"
    /// What leaves the task when its steps have ended.
    package static let artifacts = "/artifacts"
}
