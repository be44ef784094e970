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
