import Glibc
import Synchronization

/// Hands chunks from a task to a thread that waits for them where it stands; the task waits when it is ahead.
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

    /// Hands a chunk over, and waits while too many lie there.
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
                let waits = state.withLock { state in
                    guard state.bytes > Self.limit, !state.isClosed, !state.isFinished else { return false }
                    state.waiter = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            finish(CancellationError())
        }
        try Task.checkCancellation()
    }

    /// No more chunks come.
    func finish(_ failure: (any Error)?) {
        let waiter = state.withLock { state in
            guard !state.isFinished else { return nil as CheckedContinuation<Void, Never>? }
            state.isFinished = true
            // Whoever reads no more doesn't care.
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

    /// Waits for the next chunk, nothing at the end; only for a thread of one's own.
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
