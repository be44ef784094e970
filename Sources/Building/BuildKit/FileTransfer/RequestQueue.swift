import Synchronization

/// The files that the engine asked for and that aren't sent yet: one task adds ids, another takes all there are.
final class RequestQueue: Sendable {
    private struct State {
        var ids: [UInt32] = []
        var isFinished = false
        var files = 0
        var bytes = 0
        var waiter: CheckedContinuation<[UInt32], Never>?
    }

    private let state = Mutex(State())

    /// How many bytes the files that were sent had on average.
    var averageSize: Int { state.withLock { $0.files == 0 ? 0 : $0.bytes / $0.files } }

    /// Counts files that were sent.
    func count(files: Int, bytes: Int) {
        state.withLock { state in
            state.files += files
            state.bytes = state.bytes.addingReportingOverflow(bytes).partialValue
        }
    }

    /// Adds an id, and returns how many wait now.
    @discardableResult
    func append(_ id: UInt32) -> Int { append(contentsOf: [id]) }

    /// Adds ids that came together, and returns how many wait now.
    func append(contentsOf ids: [UInt32]) -> Int {
        let (waiter, count) = state.withLock { state -> (CheckedContinuation<[UInt32], Never>?, Int) in
            guard !ids.isEmpty, let waiter = state.waiter else {
                state.ids += ids
                return (nil, state.ids.count)
            }
            state.waiter = nil
            return (waiter, 0)
        }
        waiter?.resume(returning: ids)
        return count
    }

    /// Lets `take` return an empty list once all ids were taken.
    func finish() {
        let waiter = state.withLock { state -> CheckedContinuation<[UInt32], Never>? in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: [])
    }

    /// Takes all ids, and waits for one when there are none; empty at the end or when the task is cancelled.
    func take() async -> [UInt32] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let ready = readyIDs(orWaiting: continuation) { continuation.resume(returning: ready) }
            }
        } onCancel: {
            finish()
        }
    }

    /// All ids that are there, or an empty list at the end; nil when the continuation has to wait for one.
    private func readyIDs(orWaiting continuation: CheckedContinuation<[UInt32], Never>) -> [UInt32]? {
        state.withLock { state in
            guard state.ids.isEmpty else {
                defer { state.ids = [] }
                return state.ids
            }
            if state.isFinished { return [] }
            state.waiter = continuation
            return nil
        }
    }
}
