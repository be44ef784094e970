import Glibc
import Synchronization

/// Hands chunks from a task to a thread that blocks until they come; the task waits when it is too far ahead.
final class ChunkChannel: Sendable {
    private struct State {
        var chunks: [[UInt8]] = []
        var bytes = 0
        var isFinished = false
        var isClosed = false
        var failure: (any Error)?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private static let limit = 4 << 20
    private let state = Mutex(State())
    private let arrivals = Semaphore()

    /// What ended the chunks too early.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// Hands a chunk over, and waits while too many bytes haven't been taken.
    func send(_ chunk: [UInt8]) async throws {
        try Task.checkCancellation()
        guard !chunk.isEmpty else { return }
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.chunks.append(chunk)
            state.bytes += chunk.count
            return true
        }
        guard isOpen else { throw CancellationError() }
        arrivals.signal()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !waitsForRoom(continuation) { continuation.resume() }
            }
        } onCancel: {
            finish(CancellationError())
        }
        try Task.checkCancellation()
    }

    /// Sends all chunks, and then tells the reader of the end, or of the error that broke them off.
    func send<Chunks: AsyncSequence & Sendable>(all chunks: Chunks) async where Chunks.Element == [UInt8] {
        do {
            for try await chunk in chunks { try await send(chunk) }
            finish(nil)
        } catch {
            finish(error)
        }
    }

    /// Keeps the continuation until there is room again; false when there is room already.
    private func waitsForRoom(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        state.withLock { state in
            guard state.bytes > Self.limit, !state.isClosed, !state.isFinished else { return false }
            state.waiter = continuation
            return true
        }
    }

    /// No more chunks come.
    func finish(_ failure: (any Error)?) {
        let waiter = state.withLock { state in
            guard !state.isFinished else { return nil as CheckedContinuation<Void, Never>? }
            state.isFinished = true
            // A reader that has closed the channel doesn't need the error.
            if !state.isClosed { state.failure = failure }
            return state.waiter.take()
        }
        waiter?.resume()
        arrivals.signal()
    }

    /// Nobody reads any more.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for the next chunk, which is empty at the end; it blocks, so only a thread of one's own may call it.
    func receive() -> [UInt8] {
        while true {
            let (chunk, waiter, isOver) = state.withLock { state in
                if state.chunks.isEmpty || state.failure != nil {
                    return ([] as [UInt8], nil as CheckedContinuation<Void, Never>?, state.isFinished)
                }
                let chunk = state.chunks.removeFirst()
                state.bytes -= chunk.count
                return (chunk, state.bytes <= Self.limit / 2 ? state.waiter.take() : nil, false)
            }
            waiter?.resume()
            if !chunk.isEmpty || isOver { return chunk }
            arrivals.wait()
        }
    }
}

/// A POSIX semaphore.
private final class Semaphore: @unchecked Sendable {
    // Safety: `sem_post` and `sem_wait` may be called from any thread; the memory is freed with the last user.
    private let raw: UnsafeMutablePointer<sem_t>

    init() {
        raw = .allocate(capacity: 1)
        sem_init(raw, 0, 0)
    }

    deinit {
        sem_destroy(raw)
        raw.deallocate()
    }

    func signal() { sem_post(raw) }

    func wait() { while sem_wait(raw) != 0, errno == EINTR {} }
}
