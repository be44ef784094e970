import Synchronization

/// Limits how many writes of a call may wait to leave the process.
///
/// NIO takes writes from another thread until its loop has said that the stream is full. On a busy machine the loop may
/// get no turn for a while, and a reader of fast files would hand over the whole context meanwhile. So each write needs
/// a ticket first, which goes with the bytes until they are in the socket or dropped.
final class SendWindow: Sendable {
    /// Gives its place back when nothing holds it any more, whatever happens to the bytes.
    final class Ticket: Sendable {
        private let window: SendWindow

        fileprivate init(_ window: SendWindow) { self.window = window }

        deinit { window.release() }
    }

    private struct State {
        var free: Int
        var waiters: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var nextID = 0
    }

    private let state: Mutex<State>

    /// Makes a window for this many writes; at least one.
    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Waits for a place.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func ticket() async throws(CancellationError) -> Ticket {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isGiven = await withTaskCancellationHandler {
            await withCheckedContinuation { enter($0, id) }
        } onCancel: {
            leave(id)
        }
        guard isGiven else { throw CancellationError() }
        return Ticket(self)
    }

    private func enter(_ continuation: CheckedContinuation<Bool, Never>, _ id: Int) {
        let answer = state.withLock { state -> Bool? in
            // A task that is cancelled later finds its waiter here; one that was cancelled before is told now.
            if Task.isCancelled { return false }
            if state.free > 0 {
                state.free -= 1
                return true
            }
            state.waiters.append((id, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func leave(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
