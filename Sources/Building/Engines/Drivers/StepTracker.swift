import CaissonBuildModel
import Synchronization

/// Passes on what happens and remembers of the steps what an error must say: their names, and which one failed first.
final class StepTracker: Sendable {
    private struct State {
        var names: [String: String] = [:]
        var failed: Vertex?
        var done: Set<String> = []
        var cached: Set<String> = []
        /// The steps that said something.
        var vocal: Set<String> = []
        /// What the runtime said of programs that it couldn't start, by step.
        var startFailures: [String: String] = [:]
        /// The last line of a step that says that a disk is full, and how many bytes came since its piece began.
        var fullDisks: [String: (line: String, bytes: Int)] = [:]
        /// The running steps that mount an SSH agent, with their names.
        var withSSH: [String: String] = [:]
    }

    private let next: @Sendable (BuildEvent.Kind) -> Void
    private let state = Mutex(State())

    init(_ next: @escaping @Sendable (BuildEvent.Kind) -> Void) { self.next = next }

    func receive(_ kind: BuildEvent.Kind) {
        // Passed on under the lock: events come from the status, the session and steps of ours, and a sink takes one at a
        // time.
        state.withLock { state in
            if case .status(let status) = kind {
                // It is the first thing that such a step says: all other output is passed on without a look.
                for log in status.logs where state.vocal.insert(log.vertex).inserted {
                    if let line = Self.startFailure(log.data) { state.startFailures[log.vertex] = line }
                }
                for log in status.logs { Self.lookForFullDisk(log, &state) }
                for vertex in status.vertexes {
                    state.names[vertex.digest] = vertex.name
                    if vertex.isCached { state.cached.insert(vertex.digest) }
                    if vertex.completed != nil, vertex.error.isEmpty { state.done.insert(vertex.digest) }
                    let usesSSH = vertex.started != nil && vertex.completed == nil && vertex.name.contains("type=ssh")
                    state.withSSH[vertex.digest] = usesSSH ? vertex.name : nil
                    // Siblings of a failing step are cancelled with it; they are not the cause.
                    let isCause = !vertex.error.isEmpty && !vertex.error.hasSuffix("context canceled")
                    if isCause, state.failed == nil { state.failed = vertex }
                }
            }
            next(kind)
        }
    }

    /// The runtime's line in a piece of a step's output that says why a program didn't start; nil where there is none.
    ///
    /// Some versions of BuildKit have it in the error, others in the output alone.
    private static func startFailure(_ data: [UInt8]) -> String? {
        guard data.count < 4096 else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        let line = lines.last { line in
            line.contains("unable to start container process: ")
                || line.hasPrefix("exec ") && line.hasSuffix(": exec format error")
        }
        // Podman quotes it once more.
        return line.map { String($0).replacing("\\\"", with: "\"") }
    }

    private static func lookForFullDisk(_ log: VertexLog, _ state: inout State) {
        state.fullDisks[log.vertex]?.bytes += log.data.count
        // What comes before that is too long ago.
        let data = log.data.suffix(lastWords)
        let place = data.indices.last { data[$0] == fullDisk[0] && data[$0...].starts(with: fullDisk) }
        guard let place else { return }
        let start = data[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? data.startIndex
        let line = String(decoding: data[start..<place + fullDisk.count], as: UTF8.self)
        state.fullDisks[log.vertex] = (line, data.endIndex - place)
    }

    /// What the C library says, and without its first letter Go.
    private static let fullDisk = Array("o space left on device".utf8)

    /// How many bytes a step may say from there on, for it to be why the step failed.
    private static let lastWords = 4096

    /// The line at the end of a step's output that says that a disk is full; nil where there is none.
    func fullDisk(of vertex: String) -> String? {
        state.withLock { state in
            state.fullDisks[vertex].flatMap { $0.bytes <= Self.lastWords ? $0.line : nil }
        }
    }

    /// Why the program of a step wasn't started, in the runtime's words; nil where it was, or nobody said.
    func startFailure(of vertex: String) -> String? { state.withLock { $0.startFailures[vertex] } }

    /// The name of a step; nil where it never appeared.
    func name(of vertex: String) -> String? { state.withLock { $0.names[vertex] } }

    /// The step that mounts an SSH agent and is running; nil where there is none, or more than one.
    var sshStep: String? { state.withLock { $0.withSSH.count == 1 ? $0.withSSH.values.first : nil } }

    /// The step that failed first.
    var failed: Vertex? { state.withLock { $0.failed } }

    /// The steps' names, and whether each succeeded.
    var steps: [(name: String, isDone: Bool)] {
        state.withLock { state in state.names.map { ($0.value, state.done.contains($0.key)) } }
    }

    /// Whether a step of the Dockerfile itself has run, other than one that only names a base image.
    var hasRunSteps: Bool {
        state.withLock { state in
            state.done.contains { step in
                guard !state.cached.contains(step), let name = state.names[step] else { return false }
                return name.hasPrefix("[") && !name.hasPrefix("[internal]") && !name.contains("] FROM ")
            }
        }
    }

    /// How many steps there were, and how many were cached.
    var statistics: BuildStatistics {
        state.withLock { state in
            var statistics = BuildStatistics()
            statistics.steps = state.names.count
            statistics.cachedSteps = state.cached.count
            return statistics
        }
    }

    /// Begins anew, before a build is tried again.
    func forgetFailures() {
        state.withLock { state in
            state.failed = nil
            state.fullDisks = [:]
        }
    }
}
