package import CaissonBuildModel
import Synchronization

/// Collects what the steps of a task print, standard output and standard error apart.
///
/// It is told the events of the whole plan, in which the digests of a node's steps have the node's place before them,
/// as `3/sha256:…` (`SolveStatus.part`). Only what the RUN prints counts; it is known by the mount that no other run
/// has.
package final class TaskOutput: BuildEventSink {
    /// What a node printed.
    package struct Node: Sendable, Hashable {
        /// Standard output.
        package fileprivate(set) var output: BoundedOutput
        /// Standard error.
        package fileprivate(set) var errors: BoundedOutput
        /// When the engine began with the command; nil where it didn't.
        package fileprivate(set) var started: Timestamp?
        /// When the engine had ended it; nil where it didn't.
        package fileprivate(set) var completed: Timestamp?
        /// Whether the engine says that it didn't run the command, as it had done so before.
        package fileprivate(set) var isCached = false
        /// The digest of the RUN.
        fileprivate var vertex: String?

        fileprivate init(limit: Int) {
            output = BoundedOutput(limit: limit)
            errors = output
        }
    }

    private let mark: String
    private let nodes: Mutex<[Node]>

    /// Makes a place for the output of a plan's nodes.
    ///
    /// - Parameters:
    ///   - limit: How many bytes of each stream are kept.
    ///   - total: How many bytes are kept in all: of very many steps less is kept of each.
    package init(of plan: TaskPlan, limit: Int = 1 << 20, total: Int = 256 << 20) {
        mark = plan.dockerfile.mark
        let count = plan.plan.nodes.count
        let part = max(total / max(2 * count, 1), 8 << 10)
        nodes = Mutex(Array(repeating: Node(limit: min(limit, part)), count: count))
    }

    /// Takes an event of the whole plan.
    package func receive(_ event: BuildEvent) {
        guard case .status(let status) = event.kind else { return }
        nodes.withLock { nodes in
            for vertex in status.vertexes where vertex.name.contains(mark) {
                guard let (place, digest) = Self.split(vertex.digest), nodes.indices.contains(place) else { continue }
                nodes[place].note(vertex, digest)
            }
            for log in status.logs {
                guard let (place, digest) = Self.split(log.vertex), nodes.indices.contains(place) else { continue }
                nodes[place].note(log, digest)
            }
        }
    }

    /// Takes what a single node's build tells, by the node's place in the plan.
    package func receive(_ status: SolveStatus, ofNodeAt place: Int) {
        nodes.withLock { nodes in
            guard nodes.indices.contains(place) else { return }
            for vertex in status.vertexes where vertex.name.contains(mark) {
                nodes[place].note(vertex, vertex.digest)
            }
            for log in status.logs { nodes[place].note(log, log.vertex) }
        }
    }

    /// What a node has printed so far, by its place in the plan; nil where there is no such place.
    package func node(at place: Int) -> Node? {
        nodes.withLock { $0.indices.contains(place) ? $0[place] : nil }
    }

    private static func split(_ key: String) -> (place: Int, digest: String)? {
        guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")), let place = Int(key[..<slash]) else { return nil }
        return (place, String(key[key.utf8.index(after: slash)...]))
    }
}

extension TaskOutput.Node {
    fileprivate mutating func note(_ step: Vertex, _ digest: String) {
        vertex = digest
        started = step.started ?? started
        completed = step.completed ?? completed
        isCached = isCached || step.isCached
    }

    fileprivate mutating func note(_ log: VertexLog, _ digest: String) {
        guard digest == vertex else { return }
        if log.stream == 2 { errors.append(log.data) } else { output.append(log.data) }
    }
}
