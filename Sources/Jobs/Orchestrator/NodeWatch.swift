import CaissonBuildModel
import Synchronization

/// The time that one attempt of a node takes, and whether it says anything; what it waits for others doesn't count.
final class NodeWatch: Sendable {
    private let policy: NodePolicy
    private let clock: PlanClock
    private let state: Mutex<State>

    private struct State {
        /// The time that counts, up to `since`.
        var spent = Duration.zero
        /// When it went on after the last wait; nil while it waits.
        var since: Duration?
        /// For how many others it waits: a build of several parts may do so several times.
        var waits = 0
        /// How much time counted when it said something last.
        var heard = Duration.zero
        /// What counters have said, by step and counter.
        var counts: [[String]: VertexStatus] = [:]

        func spent(at now: Duration) -> Duration { spent + (since.map { now - $0 } ?? .zero) }
    }

    /// So many counters are told apart; beyond that they are learned anew.
    private static let counterLimit = 10_000

    /// Begins to watch.
    init(_ policy: NodePolicy, _ clock: PlanClock) {
        self.policy = policy
        self.clock = clock
        state = Mutex(State(since: clock.now()))
    }

    /// Whether there is anything to watch for.
    var isNeeded: Bool { policy.timeout != nil || policy.silenceTimeout != nil }

    /// Notes that it waits for another, or goes on.
    func wait(_ isWaiting: Bool) {
        let now = clock.now()
        state.withLock { state in
            state.spent = state.spent(at: now)
            state.waits += isWaiting ? 1 : -1
            state.since = state.waits > 0 ? nil : now
        }
    }

    /// Notes that something happened; what only says again what is known is no sign of life.
    func hear(_ kind: BuildEvent.Kind) {
        guard policy.silenceTimeout != nil else { return }
        let now = clock.now()
        state.withLock { state in
            if case .status(let status) = kind, !Self.isNews(status, &state) { return }
            state.heard = state.spent(at: now)
        }
    }

    private static func isNews(_ status: SolveStatus, _ state: inout State) -> Bool {
        var isNews = !status.vertexes.isEmpty || !status.logs.isEmpty || !status.warnings.isEmpty
        if state.counts.count > counterLimit { state.counts = [:] }
        for var count in status.statuses {
            // That it was counted anew is all that a heartbeat says.
            count.timestamp = Timestamp(seconds: 0)
            if state.counts.updateValue(count, forKey: [count.vertex, count.id]) != count { isNews = true }
        }
        return isNews
    }

    /// Waits until the time has run out.
    ///
    /// - Returns: The error to end the attempt with.
    /// - Throws: `CancellationError`.
    func expiry() async throws -> BuildError {
        while true {
            let (left, error) = nearest()
            guard left > .zero else { return error }
            try await clock.sleep(left)
        }
    }

    /// What runs out first, and in how long.
    private func nearest() -> (left: Duration, error: BuildError) {
        let now = clock.now()
        let (spent, heard) = state.withLock { ($0.spent(at: now), $0.heard) }
        let total = policy.timeout.map { limit in
            (
                limit - spent,
                BuildError(.deadlineExceeded, "the build took longer than its timeout of \(Timespan(limit))")
            )
        }
        let silence = policy.silenceTimeout.map { limit in
            let text =
                "the build said nothing for \(Timespan(limit)); it is taken for hung — allow more silence if it isn't"
            return (limit - (spent - heard), BuildError(.deadlineExceeded, text))
        }
        let both = [total, silence].compactMap(\.self)
        return both.min { $0.0 < $1.0 } ?? (.seconds(3600), BuildError(.deadlineExceeded, "the build took too long"))
    }
}
