import CaissonBuildModel
import Synchronization

/// A build in a queue, and what is known of it.
struct QueuedBuild: Sendable {
    let job: JobID
    let node: BuildPlan.Node
    let events: PlanEvents
    let ending = BuildEnding()
    var status: BuildQueueStatus
    var control: AttemptControl?
    var outcome: PlanReport.Outcome?
    /// The end of its output.
    private(set) var log: [VertexLog] = []
    private var logSize = 0
    private var steps = StepTally()

    /// So much of the output is kept, in bytes.
    private static let logLimit = 1 << 20

    init(_ job: JobID, _ node: BuildPlan.Node, _ id: BuildID, _ events: PlanEvents) {
        self.job = job
        self.node = node
        self.events = events
        status = BuildQueueStatus(id: id, name: node.name, phase: .queued(""))
    }

    /// Takes note of what the engine says; returns what follows for who looks on.
    mutating func note(_ update: SolveStatus) -> [BuildQueueEvent] {
        for line in update.logs { keep(line) }
        let changes = update.vertexes.compactMap { steps.take($0) }
        count()
        return changes.map { change in
            switch change {
            case .began(let step): .stepStarted(status.id, step: step)
            case .ended(let step, let isCached): .stepCompleted(status.id, step: step, isCached: isCached)
            }
        }
    }

    /// Takes note that its attempt is over and another follows, which begins all steps anew.
    mutating func restart() {
        steps = StepTally()
        count()
        status.phase = .queued("")
    }

    /// Takes note that it has ended.
    mutating func end(_ phase: BuildQueueStatus.Phase) {
        // It is remembered for long: its counts stay, and the names of its steps aren't needed.
        steps = StepTally()
        status.currentStep = nil
        status.phase = phase
    }

    private mutating func count() {
        status.currentStep = steps.current
        status.completedSteps = steps.ended
        status.knownSteps = steps.known
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
}

/// How a build ended, for who waits for it, also where it isn't remembered any more.
final class BuildEnding: Sendable {
    private let phase = Mutex<BuildQueueStatus.Phase?>(nil)
    private let told = Latch()

    /// Lets all go on that wait.
    func tell(_ phase: BuildQueueStatus.Phase) {
        self.phase.withLock { $0 = phase }
        told.open()
    }

    /// Waits for it; nil where the task is cancelled before.
    func wait() async -> BuildQueueStatus.Phase? {
        await told.wait()
        return phase.withLock { $0 }
    }
}
