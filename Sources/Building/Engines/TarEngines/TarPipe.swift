import Dispatch
import Synchronization

/// Hands blocks from the thread that makes a tar to the task that sends them, and holds that thread while the engine is
/// slower.
final class TarPipe: Sendable {
    private struct State {
        var blocks: [[UInt8]] = []
        var isFinished = false
        var isClosed = false
        var waiter: CheckedContinuation<[UInt8]?, Never>?
    }

    /// A writer is held while so many blocks wait.
    private static let capacity = 2

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)

    init() {
        // Given one by one: a semaphore may not end below the count that it began with.
        for _ in 0..<TarPipe.capacity { room.signal() }
    }

    /// Whether nobody takes blocks any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Hands over a block; false when nobody takes it.
    ///
    /// Blocks its thread.
    func give(_ block: [UInt8]) -> Bool {
        guard !block.isEmpty else { return true }
        room.wait()
        let (isTaken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<[UInt8]?, Never>?) in
            guard !state.isClosed else { return (false, nil) }
            if let waiter = state.waiter.take() { return (true, waiter) }
            state.blocks.append(block)
            return (true, nil)
        }
        if let waiter {
            room.signal()
            waiter.resume(returning: block)
        }
        return isTaken
    }

    /// Says that no block follows.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
    }

    /// Says that no block is wanted any more, and lets a held writer go.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            state.blocks = []
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
        // As often as a writer could wait: it sees that the pipe is closed.
        for _ in 0...Self.capacity { room.signal() }
    }

    /// The next block; nil at the end, also when the task is cancelled.
    func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: [UInt8]?? = state.withLock { state in
                    if !state.blocks.isEmpty { return .some(state.blocks.removeFirst()) }
                    if state.isFinished || state.isClosed { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                guard let known else { return }
                if known != nil { room.signal() }
                continuation.resume(returning: known)
            }
        } onCancel: {
            close()
        }
    }
}
