import CaissonBuildModel
import CaissonHistory
import CaissonOrchestrator
import CaissonReporting
import CaissonSystem
import CaissonText
import Synchronization

/// What people see of a batch while it runs: on a terminal each target with its current step, or why it waits.
final class BatchView: Sendable {
    private struct State {
        var board: BatchBoard
        var queue: PlanQueue?
        /// The builds that have begun: what the queue said of them a moment before counts no more.
        var begun: Set<String> = []
        /// The ends of what steps printed that haven't ended well, by target and step.
        var tails: [String: [String: [UInt8]]] = [:]
    }

    /// So many bytes of a step's output are kept in case that it fails.
    private static let tailLimit = 16 << 10

    private let state: Mutex<State>
    private let names: [String]
    private let colors: ProgressColors

    /// Makes the view of the builds of a plan, of which so many run at a time.
    init(_ plan: BuildPlan, jobs: Int?, colors: ProgressColors) {
        names = plan.nodes.map(\.name)
        var board = BatchBoard(jobs: jobs ?? max(plan.nodes.count, 1), endsByEvents: false)
        for name in names { board.add(name) }
        state = Mutex(State(board: board))
        self.colors = colors
    }

    /// Takes note of the queue, which says why builds wait.
    func begins(_ queue: PlanQueue) { state.withLock { $0.queue = queue } }

    /// Takes note of something that happened to a build.
    ///
    /// - Returns: The line that it is worth in a log.
    func hear(_ name: String, _ news: PlanObserver.News) -> String? {
        state.withLock { state in
            switch news {
            case .waits(let reason): return state.board.note(.queued, reason: reason, of: name, at: .now)
            case .began:
                state.begun.insert(name)
                return state.board.note(.running, of: name, at: .now)
            case .event(let event):
                Self.keepTails(of: event, in: &state.tails[name, default: [:]])
                return state.board.receive(event, of: name)
            case .ended(let node):
                return state.board.note(node.outcome.status, reason: node.outcome.reason(of: name), of: name, at: .now)
            }
        }
    }

    private static func keepTails(of event: BuildEvent, in tails: inout [String: [UInt8]]) {
        guard case .status(let status) = event.kind else { return }
        for log in status.logs {
            tails[log.vertex, default: []] += log.data.suffix(tailLimit)
            let excess = (tails[log.vertex]?.count ?? 0) - tailLimit
            // Seldom, so that a step that prints much isn't moved with each line.
            if excess > tailLimit { tails[log.vertex]?.removeFirst(excess) }
        }
        for vertex in status.vertexes where vertex.completed != nil && vertex.error.isEmpty {
            tails[vertex.digest] = nil
        }
    }

    /// The last lines that the failed step of a target printed.
    func lastLines(of name: String, _ error: BuildError) -> [String] {
        let tails = state.withLock { $0.tails[name] ?? [:] }
        let tail = error.step.flatMap { tails[$0.vertex] } ?? (tails.count == 1 ? tails.values.first : nil)
        return SafeText.lines(tail ?? []).filter { !$0.isEmpty }.suffix(50)
    }

    /// Takes note of builds that an earlier run has made.
    func keep(_ kept: some Sequence<String>) {
        state.withLock { state in
            for name in kept { state.board.note(.succeeded, reason: "kept", of: name, at: .now) }
        }
    }

    /// Takes over how long the builds are expected to take, by their names.
    func expect(_ estimates: [String: Duration]) {
        state.withLock { state in
            for (name, estimate) in estimates { state.board.add(name, estimate: estimate) }
        }
    }

    /// Learns from the history how long the builds usually take.
    func learn(_ environment: [String: String]) async {
        guard let store = try? await HistoryStore.open(try BuildsCommand.place(), patience: .milliseconds(200)) else {
            return
        }
        let medians = store.medians(names: names, project: nil, limit: 10)
        state.withLock { state in
            for (name, median) in medians { state.board.add(name, estimate: median) }
        }
    }

    /// The lines that show it now.
    func lines(width: Int, height: Int, now: Timestamp) -> [String] {
        let queue = state.withLock(\.queue)
        let waits = queue?.waits() ?? [:]
        return state.withLock { state in
            for (name, reason) in waits where !state.begun.contains(name) {
                state.board.note(.queued, reason: reason, of: name, at: now)
            }
            return state.board.lines(width: width, height: height, now: now, colors: colors)
        }
    }
}
