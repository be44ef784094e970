import CaissonBuildModel

/// Turns what the one `RUN` of a job tells into the job's own steps.
///
/// The lines between the markers of a step become its output, and the `RUN` itself is not shown, unless it ends before
/// its first step has begun.
struct StepLines: Sendable {
    /// A step as it is shown.
    private struct Shown: Sendable {
        var name: String
        var vertex: Vertex
    }

    /// How the run's instruction begins; see `JobDockerfile.mark`.
    private let mark: String
    /// What stands before the steps' names, such as `kernel`.
    private let title: String
    private var run: Vertex?
    private var shown: [Shown] = []
    /// The place in `shown` of the step that is running.
    private var open: Int?
    /// The beginning of a line whose end hasn't come.
    private var rest: [UInt8] = []
    /// A line that is longer is passed on as it comes.
    private static let longestLine = 16 << 10
    /// So many steps are shown; what comes then belongs to the last one.
    private static let mostSteps = 1000

    init(mark: String, title: String) {
        (self.mark, self.title) = (mark, title)
    }

    /// The step that failed, by what its row is known by; nil where none did.
    private(set) var failed: FailedStep?

    /// The step that runs now.
    var current: String? { open.map { shown[$0].name } }
    /// How many steps have ended.
    var ended: Int { shown.count - (open == nil ? 0 : 1) }

    /// Reads an update of the build, and returns it with the job's steps in the place of their `RUN`.
    mutating func read(_ status: SolveStatus) -> SolveStatus {
        var told = status
        told.vertexes = []
        var ends: [Vertex] = []
        for var vertex in status.vertexes {
            if vertex.name.contains(mark) || vertex.digest == run?.digest {
                if run?.error.isEmpty != false { run = vertex }
                if vertex.completed != nil { ends.append(vertex) }
                continue
            }
            if let run, vertex.inputs.contains(run.digest), let last = shown.last {
                vertex.inputs = vertex.inputs.map { $0 == run.digest ? last.vertex.digest : $0 }
            }
            if vertex.name.contains(JobDockerfile.filesMark) { vertex.name = "[\(title)] scripts and inputs" }
            told.vertexes.append(vertex)
        }
        guard let digest = run?.digest else { return told }
        told.logs = []
        for log in status.logs {
            if log.vertex == digest { take(log, into: &told) } else { told.logs.append(log) }
        }
        for vertex in ends { end(vertex, into: &told) }
        return told
    }

    // MARK: Lines

    private mutating func take(_ log: VertexLog, into told: inout SolveStatus) {
        var line = rest
        rest = []
        for byte in log.data {
            line.append(byte)
            guard byte == 0x0A || line.count > Self.longestLine else { continue }
            take(line: line, log, into: &told)
            line = []
        }
        rest = line
    }

    private mutating func take(line: [UInt8], _ log: VertexLog, into told: inout SolveStatus) {
        if let marker = StepMarker(line: line) { return follow(marker, at: log.timestamp, into: &told) }
        guard let place = open ?? shown.indices.last else { return }
        var log = log
        (log.vertex, log.data) = (shown[place].vertex.digest, line)
        told.logs.append(log)
    }

    private mutating func follow(_ marker: StepMarker, at time: Timestamp, into told: inout SolveStatus) {
        switch marker {
        case .begin(let name, _):
            close(at: time, error: "", into: &told)
            guard let run, shown.count < Self.mostSteps else { return }
            let vertex = Vertex(
                digest: "\(run.digest)/\(shown.count)",
                inputs: shown.last.map { [$0.vertex.digest] } ?? run.inputs,
                name: "[\(title)] \(name)",
                started: time
            )
            open = shown.count
            shown.append(Shown(name: name, vertex: vertex))
            told.vertexes.append(vertex)
        case .end(let end):
            // The step's own script speaks last: what stands in its output may have ended it, or begun another one.
            guard let place = shown.lastIndex(where: { $0.name == end.name }) else { return }
            if place != open { reopen(place, at: time, into: &told) }
            if let why = end.why, !why.isEmpty {
                let text = Array("\(end.state.rawValue): \(why)\n".utf8)
                told.logs.append(
                    VertexLog(vertex: shown[place].vertex.digest, stream: 1, data: text, timestamp: time)
                )
            }
            let isFailure = end.state == .fail
            close(at: time, error: isFailure ? "exit status \(end.status)" : "", into: &told)
            if isFailure {
                let vertex = shown[place].vertex
                failed = FailedStep(vertex: vertex.digest, name: vertex.name, exitCode: end.status)
            }
        }
    }

    /// Goes back to a step that was told to have ended.
    private mutating func reopen(_ place: Int, at time: Timestamp, into told: inout SolveStatus) {
        close(at: time, error: "", into: &told)
        open = place
    }

    /// Ends the step that runs.
    private mutating func close(at time: Timestamp, error: String, into told: inout SolveStatus) {
        guard let place = open else { return }
        open = nil
        shown[place].vertex.completed = time
        shown[place].vertex.error = error
        told.vertexes.append(shown[place].vertex)
    }

    /// Ends all, as the `RUN` has ended.
    private mutating func end(_ vertex: Vertex, into told: inout SolveStatus) {
        let time = vertex.completed ?? .now
        if !rest.isEmpty {
            take(line: rest + [0x0A], VertexLog(vertex: "", stream: 1, data: [], timestamp: time), into: &told)
            rest = []
        }
        if let place = open, !vertex.error.isEmpty {
            failed = FailedStep(vertex: shown[place].vertex.digest, name: shown[place].vertex.name)
        }
        close(at: time, error: vertex.error, into: &told)
        guard shown.isEmpty, !vertex.error.isEmpty else { return }
        var start = vertex
        start.name = "[\(title)] start"
        told.vertexes.append(start)
    }
}
