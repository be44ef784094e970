import Synchronization

/// Something that is waited for and happens once.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Lets all go on that wait, or will.
    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until it has happened, or the task is cancelled.
    func wait() async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !mustWait(number, continuation) { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    private func mustWait(_ number: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            guard !state.isOpen, !Task.isCancelled else { return false }
            state.waiters[number] = continuation
            return true
        }
    }
}
