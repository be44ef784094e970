import Synchronization

/// The scheduler of a plan where everyone can tell it something, and what has come of that.
final class SchedulerDesk: Sendable {
    /// What whoever runs the plan has to do.
    enum Word: Sendable {
        /// What the scheduler decided.
        case decided(SchedulerAction)
        /// An attempt ended: the scheduler isn't told yet.
        case ended(NodeRun.End)
    }

    private struct State {
        var scheduler: Scheduler
        var words: [Word] = []
        /// Whether more jobs may come.
        var isOpen: Bool
        var reader: CheckedContinuation<Void, Never>?

        var hasEnded: Bool { !isOpen && scheduler.isIdle }
    }

    private let clock: PlanClock
    private let state: Mutex<State>

    /// - Parameter staysOpen: Whether more jobs come although all have ended, until it is closed.
    init(_ limits: SchedulerLimits, _ clock: PlanClock, staysOpen: Bool = false) {
        self.clock = clock
        state = Mutex(State(scheduler: Scheduler(limits), isOpen: staysOpen))
    }

    /// Tells the scheduler that something happened.
    func tell(_ event: SchedulerEvent) {
        change { state in
            // Asked under the lock, so that time doesn't go backwards.
            let now = clock.now()
            let actions = state.scheduler.handle(event, at: now)
            state.words += actions.map(Word.decided)
        }
    }

    /// Lets a job wait for its turn.
    ///
    /// - Returns: Why it isn't taken; nil where it is.
    func submit(_ job: ScheduledJob) -> JobRefusal? {
        var refusal: JobRefusal?
        change { state in
            let actions = state.scheduler.handle(.submitted([job]), at: clock.now())
            for case .refuse(job.id, let reason) in actions { refusal = reason }
            state.words += actions.map(Word.decided)
        }
        return refusal
    }

    /// Takes note that no more jobs come.
    func close() {
        change { $0.isOpen = false }
    }

    /// Why a job hasn't begun; nil where it has.
    func wait(of job: JobID) -> JobWait? { state.withLock { $0.scheduler.wait(of: job) } }

    /// Why jobs haven't begun.
    func waits() -> [JobID: JobWait] { state.withLock { $0.scheduler.waits() } }

    /// Says that an attempt has ended.
    func note(_ end: NodeRun.End) {
        change { $0.words.append(.ended(end)) }
    }

    private func change(_ body: (inout State) -> Void) {
        let reader: CheckedContinuation<Void, Never>? = state.withLock { state in
            body(&state)
            guard !state.words.isEmpty || state.hasEnded else { return nil }
            return state.reader.take()
        }
        reader?.resume()
    }

    /// What is to be done next, in order; nil once all jobs have ended and no more come.
    ///
    /// Called by one task. It doesn't end when that is cancelled: attempts that run have to be told and waited for.
    func next() async -> [Word]? {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.words.isEmpty, !state.hasEnded else { return false }
                state.reader = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
        let words = state.withLock { state in
            defer { state.words = [] }
            return state.words
        }
        return words.isEmpty ? nil : words
    }
}
