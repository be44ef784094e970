import CaissonBuildModel
import CaissonSystem
import Glibc
import Synchronization

/// Writes the journals of all builds of the process, on a thread of its own.
///
///     build's task                          writer's thread
///     event → lines in memory ─┐
///     event → lines in memory ─┼─ bell ──→ waits 50 ms for more, then for each build that told something:
///     event → lines in memory ─┘           one write(2) of output, one of lines
///
/// It sleeps while there is nothing to write. Nobody waits for it but who calls `finish`.
final class JournalWriter: Sendable {
    /// How long it waits for more to write.
    private static let pause = 50
    /// So many bytes aren't kept waiting.
    private static let urgentSize = 1 << 20
    /// From so many bytes on counters are left out.
    private static let countersLimit = 16 << 20
    /// From so many bytes on output is left out.
    private static let outputLimit = 32 << 20

    private struct State {
        var told: [JournalRecording] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Waiters who gave up before they began to wait.
        var gone: Set<Int> = []
        var nextWaiter = 0
        /// How many recordings aren't closed.
        var open = 0
        var hasRung = false
        var isUrgent = false
        var isStopped = false
        var hasThread = false
        var hasNoticed = false
    }

    let place: HistoryPlace
    private let notice: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let bell = WriterBell()
    private let waitingSize = Atomic<Int>(0)

    init(_ place: HistoryPlace, notice: @escaping @Sendable (String) -> Void) {
        self.place = place
        self.notice = notice
    }

    // MARK: Called by builds

    /// Takes a recording that told nothing so far; false where there can be no thread.
    func open() -> Bool {
        do {
            try state.withLock { state throws(Errno) in try begin(&state) }
            return true
        } catch {
            fail(HistoryError(errno: error.number, "no thread can be started"))
            return false
        }
    }

    private func begin(_ state: inout State) throws(Errno) {
        if !state.hasThread { try DetachedThread.start { self.run() } }
        state.hasThread = true
        state.open += 1
    }

    /// Writes what a recording told, soon.
    func write(_ recording: JournalRecording) {
        let rings = state.withLock { state in
            state.told.append(recording)
            defer { state.hasRung = true }
            return !state.hasRung
        }
        if rings { bell.ring() }
    }

    /// How much has to be left out for now.
    var pressure: JournalEncoder.Pressure {
        switch waitingSize.load(ordering: .relaxed) {
        case Self.outputLimit...: .output
        case Self.countersLimit...: .counters
        default: .none
        }
    }

    /// Takes note of bytes that wait now.
    func addWaiting(_ count: Int) {
        let (_, size) = waitingSize.add(count, ordering: .relaxed)
        if size >= Self.urgentSize, size - count < Self.urgentSize { hurry() }
    }

    /// Keeps who waits; false where it has given up already.
    private func keep(_ waiter: CheckedContinuation<Void, Never>, as number: Int) -> Bool {
        state.withLock { state in
            guard state.gone.remove(number) == nil else { return false }
            state.waiters[number] = waiter
            return true
        }
    }

    /// Who waits under a number no longer does; nil where it hasn't begun to.
    private func giveUp(_ number: Int) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: number)
            if waiter == nil { state.gone.insert(number) }
            return waiter
        }
    }

    /// Returns once all that was told so far is written, or could not be, or the task is cancelled.
    func finish() async {
        let number = state.withLock { state -> Int? in
            guard state.hasThread else { return nil }
            state.nextWaiter += 1
            return state.nextWaiter
        }
        guard let number else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if keep(continuation, as: number) { hurry() } else { continuation.resume() }
            }
        } onCancel: {
            giveUp(number)?.resume()
        }
    }

    /// Lets the thread end once every recording is closed.
    func stop() {
        state.withLock { $0.isStopped = true }
        hurry()
    }

    private func hurry() {
        let rings = state.withLock { state in
            defer { state.isUrgent = true }
            return !state.isUrgent
        }
        if rings { bell.ring() }
    }

    // MARK: The thread

    private func run() {
        var isPrepared = false
        while true {
            bell.wait()
            // A second ring ends the wait.
            if !state.withLock({ $0.isUrgent }) { bell.wait(milliseconds: Self.pause) }
            let (told, newest) = state.withLock { state in
                defer {
                    state.told = []
                    state.hasRung = false
                    state.isUrgent = false
                }
                return (state.told, state.nextWaiter)
            }
            for recording in told { write(recording, &isPrepared) }
            resumeWaiters(upTo: newest)
            guard goesOn() else { return }
        }
    }

    /// Lets go of who waits for what is written now.
    ///
    /// They stay in the list until then, so that they can give up while the disk hangs.
    private func resumeWaiters(upTo newest: Int) {
        let waiters = state.withLock { state in
            let waiters = state.waiters.filter { $0.key <= newest }
            for number in waiters.keys { state.waiters[number] = nil }
            return waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Whether somebody may still tell something; the thread ends where not.
    private func goesOn() -> Bool {
        state.withLock { state in
            let isOver = state.isStopped && state.open == 0 && state.told.isEmpty && state.waiters.isEmpty
            if isOver { state.hasThread = false }
            return !isOver
        }
    }

    private func write(_ recording: JournalRecording, _ isPrepared: inout Bool) {
        let told = recording.take()
        do throws(HistoryError) {
            if !isPrepared { try place.prepare(userID: geteuid()) }
            isPrepared = true
            try recording.write(told)
        } catch {
            recording.fail(told)
            fail(error)
        }
        waitingSize.subtract(told.size, ordering: .relaxed)
        guard told.isLast else { return }
        recording.close()
        state.withLock { $0.open -= 1 }
    }

    private func fail(_ error: HistoryError) {
        let isFirst = state.withLock { state in
            defer { state.hasNoticed = true }
            return !state.hasNoticed
        }
        if isFirst { notice("the history can't be written: \(error.message); the builds go on without it") }
    }
}
