public import CaissonBuildModel

/// What became of a plan: how each of its nodes ended, and why it failed where it did.
public struct PlanReport: Sendable {
    /// How a node ended.
    public enum Outcome: Sendable, Hashable {
        /// It was built.
        case succeeded(BuildResult)
        /// Its question was answered.
        case answered(BuildAnswer)
        /// It failed, or its image couldn't be published together with others; where there are several nodes, the error has
        /// its name.
        case failed(BuildError)
        /// It was never begun, with the reason: `not built, as base failed`.
        case skipped(String)
        /// It was stopped, or not begun, because another failed or the whole was stopped.
        case cancelled
    }

    /// A node's end, and what it took.
    public struct Node: Sendable, Hashable {
        /// How it ended.
        public var outcome: Outcome
        /// When it began; nil where it never did.
        public var started: Timestamp?
        /// How long it took from its beginning to its end, pauses between its attempts included.
        public var duration = Duration.zero
        /// How often it was begun.
        public var attempts = 0

        init(_ outcome: Outcome) {
            self.outcome = outcome
        }
    }

    /// What became of each node, by its name; all of the plan's nodes are there.
    public internal(set) var nodes: [String: Node] = [:]
    /// What went wrong, in the order in which it happened; empty where all went well.
    ///
    /// Nodes that were skipped, or stopped because another failed, have no error of their own here.
    public internal(set) var errors: [BuildError] = []

    /// The error that decides the exit status: the first; nil where all went well.
    public var error: BuildError? { errors.first }

    /// The report of a plan that wasn't begun.
    init(refusing plan: BuildPlan, _ error: BuildError) {
        for node in plan.nodes { nodes[node.name] = Node(.cancelled) }
        errors = [error]
    }

    /// A report without anything.
    init() {}

    /// How the plan ended as a whole: its only build's result, or a result without an image.
    var outcome: BuildOutcome {
        if let error { return error.code == .cancelled ? .cancelled : .failed(error) }
        guard nodes.count == 1, let only = nodes.values.first else { return .succeeded(BuildResult(ref: "")) }
        return switch only.outcome {
        case .succeeded(let result): .succeeded(result)
        case .answered(let answer): .answered(answer)
        case .failed(let error): .failed(error)
        case .skipped, .cancelled: .cancelled
        }
    }
}

extension PlanReport {
    /// Finds the nodes that failed in a step of what they are built from: each of them runs it, and one of them is to tell of it.
    ///
    /// - Returns: The nodes, each with the one whose step it is.
    func sharedFailures(_ plan: BuildPlan) -> [(node: String, source: String)] {
        func step(_ name: String) -> String? {
            guard case .failed(let error)? = nodes[name]?.outcome, let vertex = error.step?.vertex else { return nil }
            return vertex.isEmpty ? nil : vertex
        }
        return plan.nodes.compactMap { node in
            guard let own = step(node.name) else { return nil }
            return node.sources.sorted().first { step($0) == own }.map { (node.name, $0) }
        }
    }
}

extension PlanReport {
    /// The report with what another one knows of further nodes.
    package func merging(_ other: PlanReport) -> PlanReport {
        var merged = self
        merged.nodes.merge(other.nodes) { $1 }
        merged.errors += other.errors
        return merged
    }
}
