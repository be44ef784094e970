import CaissonBuildModel

/// A build in a queue, and what is known of it.
struct QueuedBuild: Sendable {
    let job: JobID
    let node: BuildPlan.Node
    let events: PlanEvents
    let ended = Latch()
    var status: BuildQueueStatus
    var control: AttemptControl?
    var outcome: PlanReport.Outcome?
    /// The end of its output.
    private(set) var log: [VertexLog] = []
    private var logSize = 0
    private var steps: [String: Bool] = [:]

    /// So much of the output is kept, in bytes.
    private static let logLimit = 1 << 20
    /// So many steps are told apart.
    private static let stepLimit = 10_000

    init(_ job: JobID, _ node: BuildPlan.Node, _ id: BuildID, _ events: PlanEvents) {
        self.job = job
        self.node = node
        self.events = events
        status = BuildQueueStatus(id: id, name: node.name, phase: .queued(""))
    }

    /// Takes note of what the engine says; returns what follows for who looks on.
    mutating func note(_ update: SolveStatus) -> [BuildQueueEvent] {
        for line in update.logs { keep(line) }
        return update.vertexes.flatMap { note($0) }
    }

    private mutating func keep(_ line: VertexLog) {
        log.append(line)
        logSize += line.data.count
        guard logSize > Self.logLimit else { return }
        // Half of it, so that lines aren't moved with each that comes.
        var first = 0
        while first < log.count - 1, logSize > Self.logLimit / 2 {
            logSize -= log[first].data.count
            first += 1
        }
        log.removeFirst(first)
    }

    private mutating func note(_ vertex: Vertex) -> [BuildQueueEvent] {
        let name = vertex.name.isEmpty ? vertex.digest : vertex.name
        let known = steps[vertex.digest]
        guard known != nil || steps.count < Self.stepLimit else { return [] }
        var events: [BuildQueueEvent] = []
        let (hasStarted, hasEnded) = (vertex.started != nil, vertex.completed != nil)
        if known == nil { status.knownSteps += 1 }
        if hasStarted, known != true, status.currentStep != name, !hasEnded {
            status.currentStep = name
            events.append(.stepStarted(status.id, step: name))
        }
        if hasEnded, known != true {
            status.completedSteps += 1
            if status.currentStep == name { status.currentStep = nil }
            events.append(.stepCompleted(status.id, step: name, isCached: vertex.isCached))
        }
        steps[vertex.digest] = known == true || hasEnded
        return events
    }
}
