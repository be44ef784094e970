/// Several builds that are one job: what a manifest, a kernel job or a book becomes.
public struct BuildPlan: Sendable, Hashable {
    /// A build, or a question in its place.
    public struct Node: Sendable, Hashable {
        /// Its name, which no other node has.
        public var name: String
        /// The build; a context `.target(name)` is what another node makes.
        public var request: BuildRequest
        /// What is asked of the front end instead of building; nil for a build.
        public var question: BuildQuestion?
        /// The nodes that have to end before it begins, besides those whose results it is built from.
        public var dependencies: [Dependency] = []
        /// How it is run.
        public var policy = NodePolicy()

        /// Makes a node.
        public init(_ name: String, _ request: BuildRequest, question: BuildQuestion? = nil) {
            self.name = name
            self.request = request
            self.question = question
        }

        /// The nodes whose results it is built from.
        public var sources: Set<String> {
            Set(request.contexts.values.compactMap { if case .target(let name) = $0 { name } else { nil } })
        }
    }

    /// The builds, in the order in which they are shown.
    public var nodes: [Node]
    /// The nodes whose tags are set only when all of them have passed, by the name of their group: `publish: together`.
    public var publishedTogether: [String: Set<String>] = [:]
    /// Whether the other nodes go on when one fails: `keep-going`.
    public var keepsGoing = false

    /// Makes a plan.
    public init(_ nodes: [Node] = []) {
        self.nodes = nodes
    }

    /// The nodes that are built from a node, by its name.
    public var dependents: [String: Set<String>] {
        var dependents: [String: Set<String>] = [:]
        for node in nodes {
            for source in node.sources { dependents[source, default: []].insert(node.name) }
        }
        return dependents
    }
}

/// A node that has to end before another begins: an entry of `depends-on`.
public struct Dependency: Sendable, Hashable {
    /// How it has to end.
    public enum Condition: Sendable, Hashable {
        /// Well.
        case success
        /// In whatever way.
        case always
        /// Well, and its image is a named context of the dependent, under this name.
        case image(as: String)
    }

    /// The node's name.
    public var node: String
    /// How it has to end.
    public var condition: Condition

    /// Makes a dependency.
    public init(on node: String, _ condition: Condition = .success) {
        self.node = node
        self.condition = condition
    }
}

/// How a node of a plan is run: what is known of it beside the build itself.
public struct NodePolicy: Sendable, Hashable {
    /// How urgent it is; nil where nothing is said.
    public var priority: String?
    /// How long it may take from its beginning; nil for no bound.
    ///
    /// Time in a queue doesn't count.
    public var timeout: Duration?
    /// How long it may say nothing before it is taken for hung; nil for no bound.
    public var silenceTimeout: Duration?
    /// How it is tried again after a failure; nil where nothing is said.
    public var retry: RetryPolicy?
    /// What it takes of the machine, as far as that is said.
    public var needs = MachineNeeds()
    /// Who answers for it.
    public var owner: String?
    /// The project that it belongs to.
    public var project: String?
    /// The group of jobs that it belongs to.
    public var group: String?

    /// Says nothing.
    public init() {}
}

/// How a failed node is tried again.
public struct RetryPolicy: Sendable, Hashable {
    /// Kinds of failures.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
        /// A registry, a git server or the engine couldn't be reached, or broke off.
        case infrastructure
        /// A step failed.
        case step
        /// The time allowed ran out.
        case timeout
    }

    /// How often it is begun in all, 1 or more.
    public var attempts: Int
    /// How long it waits before the second attempt; twice as long before each further one.
    public var delay: Duration
    /// After which failures it is tried again.
    public var causes: Set<Cause>

    /// Makes a policy.
    public init(attempts: Int = 3, delay: Duration = .seconds(60), causes: Set<Cause> = [.infrastructure]) {
        self.attempts = attempts
        self.delay = delay
        self.causes = causes
    }
}

/// What a node takes of the machine, for whoever decides how many run at a time; nil and false where nothing is said.
public struct MachineNeeds: Sendable, Hashable {
    /// Processors, in thousandths of one.
    public var milliprocessors: Int?
    /// Memory in bytes.
    public var memory: Int64?
    /// Space on disk in bytes.
    public var disk: Int64?
    /// Whether it may use the network; nil where nothing is said.
    public var network: Bool?

    /// Says nothing.
    public init() {}
}
