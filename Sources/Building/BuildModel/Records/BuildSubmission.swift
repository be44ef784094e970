package import CaissonJSON

/// What is known of a build when it is asked for: what the history keeps of the request, without values of secrets.
public struct BuildSubmission: Sendable, Hashable {
    /// What a build is part of.
    public enum Job: String, Sendable, Hashable, CaseIterable {
        /// `caisson build`.
        case build
        /// `caisson batch`.
        case batch
        /// `caisson task`.
        case task
        /// `caisson kernel`.
        case kernel
    }

    /// The batch or task that a build belongs to.
    public struct Membership: Sendable, Hashable {
        /// The id of the batch or task.
        public var id: BuildID
        /// The build's place in it, from 0.
        public var place: Int
        /// How many builds it has.
        public var count: Int

        /// Makes a membership.
        public init(of id: BuildID, place: Int, count: Int) {
            self.id = id
            self.place = place
            self.count = count
        }
    }

    /// How the build was asked for, for whoever wants to ask again.
    public struct Invocation: Sendable, Hashable {
        /// The arguments of the program without its name, such as `build`, `-t`, `app`, `.`; values of secrets are left out.
        public var arguments: [String]
        /// The directory that they were given in.
        public var directory: String
        /// Why it can't be asked for again, such as what it read from standard input; nil where it can.
        public var obstacle: String?

        /// Makes an invocation.
        public init(_ arguments: [String], in directory: String, obstacle: String? = nil) {
            self.arguments = arguments
            self.directory = directory
            self.obstacle = obstacle
        }
    }

    /// The build's name everywhere.
    public var id: BuildID
    /// What it is part of.
    public var job: Job
    /// The target's or step's name; nil for a build by itself.
    public var name: String?
    /// The batch or task that it belongs to; nil for a build by itself.
    public var membership: Membership?
    /// When it was asked for, by this machine's clock.
    public var time: Timestamp
    /// How it was asked for; nil where a program did that through the library.
    public var invocation: Invocation?
    /// Who answers for it.
    public var owner: String?
    /// The project that it belongs to.
    public var project: String?
    /// The group of jobs that it belongs to.
    public var group: String?
    /// How urgent it is.
    public var priority: String?
    /// Words to find it by.
    public var labels: [String] = []
    /// What it takes of the machine, as far as that is said.
    public var needs = MachineNeeds()
    /// The names that its image is to have.
    public var images: [String] = []
    /// Where its files come from, as people write it, without a password.
    public var context: String?
    /// Its Dockerfile, as people write it.
    public var dockerfile: String?
    /// The stage that is built; nil for the last.
    public var target: String?
    /// What it is built for.
    public var platforms: [String] = []
    /// Where its files stand in version control.
    public var revision: SourceRevision?
    /// The other parts of the request for people to read, such as arguments and labels; an object.
    package var request: JSON = .object([])
    /// A digest of what it is made from, which a changed input changes; nil where that isn't known.
    public var fingerprint: String?
    /// The names of the builds of the same batch that it waits for.
    public var dependencies: [String] = []
    /// Whether what its steps print is kept; not where secrets aren't masked in it.
    public var keepsOutput = true

    /// Makes a submission.
    public init(_ id: BuildID, _ job: Job, at time: Timestamp) {
        self.id = id
        self.job = job
        self.time = time
    }
}
