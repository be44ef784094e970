import Synchronization

/// Says once, to whoever waits, that a build is to be cancelled.
final class CancelSignal: Sendable {
    private struct State {
        var isFired = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Whether it was said.
    var isFired: Bool { state.withLock { $0.isFired } }

    /// Says it.
    func fire() {
        wake { $0.isFired = true }
    }

    /// Waits until it is said, or until the waiting task is itself cancelled.
    ///
    /// For one task.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isFired || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
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
