import Synchronization

/// Tells the one task that waits, once, that a build is to be cancelled.
final class CancelSignal: Sendable {
    private struct State {
        var isFired = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Whether the signal has fired.
    var isFired: Bool { state.withLock { $0.isFired } }

    /// Fires the signal.
    func fire() {
        wake { $0.isFired = true }
    }

    /// Waits until the signal fires, or until the waiting task is itself cancelled.
    ///
    /// Only one task may wait.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !keeps(continuation) { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    /// Keeps the continuation until the signal fires; false when there is nothing left to wait for.
    private func keeps(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            if state.isFired || Task.isCancelled { return false }
            state.waiter = continuation
            return true
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
