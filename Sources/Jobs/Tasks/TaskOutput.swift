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
        /// Whether the engine left out some of standard output, as it came too fast or was too much.
        package fileprivate(set) var isOutputClipped = false
        /// The same of standard error.
        package fileprivate(set) var areErrorsClipped = false
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
        // Begun anew: what an earlier attempt has printed isn't this one's. Where the engine has the earlier one's result, it is.
        if let begin = step.started, let started, started < begin, !step.isCached { forget() }
        started = step.started ?? started
        completed = step.completed ?? completed
        isCached = isCached || step.isCached
    }

    private mutating func forget() {
        output = BoundedOutput(limit: output.limit)
        errors = BoundedOutput(limit: errors.limit)
        (isOutputClipped, areErrorsClipped) = (false, false)
    }

    fileprivate mutating func note(_ log: VertexLog, _ digest: String) {
        guard digest == vertex else { return }
        let length = ClipMark.start(in: log.data)
        let data = length.map { Array(log.data[..<$0]) } ?? log.data
        if log.stream == 2 {
            errors.append(data)
            areErrorsClipped = areErrorsClipped || length != nil
        } else {
            output.append(data)
            isOutputClipped = isOutputClipped || length != nil
        }
    }

    /// Whether the engine came as far as to the command.
    var hasBegun: Bool { started != nil || isCached || output.count > 0 || errors.count > 0 }
}

/// What BuildKit writes into a step's output where it leaves out the rest: a line at the end of a piece.
///
/// `\n[output clipped, log limit 200KiB/s reached]\n` (moby/buildkit util/progress/logs/logs.go)
enum ClipMark {
    private static let beginning = Array("\n[output clipped, log limit ".utf8)
    private static let ending = Array(" reached]\n".utf8)
    /// The limit has so many bytes at most.
    private static let longest = 32

    /// Where it begins in a piece of output that ends in it; nil where the piece doesn't.
    static func start(in data: [UInt8]) -> Int? {
        guard data.suffix(ending.count).elementsEqual(ending) else { return nil }
        let end = data.count - ending.count
        let earliest = max(end - longest - beginning.count, 0)
        let latest = end - beginning.count
        guard earliest <= latest else { return nil }
        return (earliest...latest).last { data[$0...].starts(with: beginning) }
    }
}
