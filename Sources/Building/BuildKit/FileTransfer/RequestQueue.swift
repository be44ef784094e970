import Synchronization

/// The files that the engine asked for and that weren't sent yet: one task puts ids in, another takes all there are.
final class RequestQueue: Sendable {
    private struct State {
        var ids: [UInt32] = []
        var isFinished = false
        var waiter: CheckedContinuation<[UInt32], Never>?
    }

    private let state = Mutex(State())

    /// Adds an id, and says how many wait now.
    @discardableResult
    func append(_ id: UInt32) -> Int {
        let (waiter, count) = state.withLock { state -> (CheckedContinuation<[UInt32], Never>?, Int) in
            guard let waiter = state.waiter else {
                state.ids.append(id)
                return (nil, state.ids.count)
            }
            state.waiter = nil
            return (waiter, 0)
        }
        waiter?.resume(returning: [id])
        return count
    }

    /// Lets `take` return nothing once all ids were taken.
    func finish() {
        let waiter = state.withLock { state -> CheckedContinuation<[UInt32], Never>? in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: [])
    }

    /// All ids there are, waiting for one where there is none; nothing at the end or when the task is cancelled.
    func take() async -> [UInt32] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> [UInt32]? in
                    if !state.ids.isEmpty {
                        defer { state.ids = [] }
                        return state.ids
                    }
                    if state.isFinished { return [] }
                    state.waiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            finish()
        }
    }
}
