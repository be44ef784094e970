import Synchronization

/// One request on its way, shared by the task that made it and the thread that moves its bytes.
///
/// ```
/// task:   write(chunk) ──▶ upload queue ──▶ READFUNCTION   :curl thread
///         next chunk   ◀── receive queue ◀── WRITEFUNCTION
/// ```
/// Both queues are bounded. A full upload queue makes the writer wait. A full receive queue pauses the transfer, so
/// that TCP makes the peer wait. Whoever makes room asks the thread to resume.
final class Transfer: Sendable {
    /// The number of bytes in the receive queue from which on the transfer pauses.
    static let receiveLimit = 1 << 20
    /// The number of bytes in the upload queue beyond which a writer waits.
    static let uploadLimit = 256 << 10
    /// The most bytes of all heads of one transfer.
    static let headLimit = 256 << 10

    struct State {
        var heads = HeadCollector()
        var head: HTTPHead?
        var headWaiter: CheckedContinuation<HTTPHead, any Error>?

        var received = ChunkQueue()
        var isReceivePaused = false
        var chunkWaiter: CheckedContinuation<[UInt8]?, any Error>?

        var upload = ChunkQueue()
        var uploaded: Int64 = 0
        var isUploadEnded = false
        var isSendPaused = false
        var writeWaiter: CheckedContinuation<Void, any Error>?

        /// Why the transfer is given up; set before the thread knows of it, or afterwards.
        var failure: (any Error)?
        /// Whether the thread has let go of it.
        var isEnded = false
        var endWaiter: CheckedContinuation<Void, Never>?
    }

    let request: HTTPRequest
    let state: Mutex<State>
    private let loop: TransferLoop

    init(_ request: HTTPRequest, on loop: TransferLoop) {
        self.request = request
        self.loop = loop
        state = Mutex(State())
        state.withLock { $0.heads.followsRedirects = request.followsRedirects }
    }

    /// Gives the transfer up; only the first reason counts.
    func abort(_ error: any Error) {
        let isNew = state.withLock { state in
            guard !state.isEnded, state.failure == nil else { return false }
            state.failure = error
            return true
        }
        if isNew { loop.submit(.abort(self)) }
    }

    /// Asks the thread to go on with what it paused.
    func resume() { loop.submit(.resume(self)) }

    /// Waits until the final head has come.
    func awaitHead() async throws -> HTTPHead {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let known = knownHead(orWaiting: continuation) { continuation.resume(with: known) }
            }
        } onCancel: {
            abort(CancellationError())
        }
    }

    /// The final head or the reason why there is none; nil while that is open, and the continuation gets it later.
    private func knownHead(
        orWaiting continuation: CheckedContinuation<HTTPHead, any Error>
    ) -> Result<HTTPHead, any Error>? {
        state.withLock { state in
            if let head = state.head { return .success(head) }
            if state.isEnded { return .failure(state.failure ?? noAnswer) }
            state.headWaiter = continuation
            return nil
        }
    }

    /// Waits until the thread has let go of the transfer, and its handle and connection are freed.
    func awaitEnd() async {
        await withCheckedContinuation { continuation in
            let isEnded = state.withLock { state in
                if !state.isEnded { state.endWaiter = continuation }
                return state.isEnded
            }
            if isEnded { continuation.resume() }
        }
    }

    /// Called when the thread has let go of the transfer: wakes everybody who waits for it.
    func end(_ error: (any Error)?) {
        let (final, head, chunk, write, end) = state.withLock { state in
            state.isEnded = true
            state.failure = state.failure ?? error
            if state.failure == nil, state.head == nil { state.head = state.heads.final }
            let waiters = (
                state, state.headWaiter.take(), state.chunkWaiter.take(), state.writeWaiter.take(),
                state.endWaiter.take()
            )
            return waiters
        }
        head?.resume(with: final.head.map { .success($0) } ?? .failure(final.failure ?? noAnswer))
        // A consumer waits only while the queue is empty, so nothing is left for it to read.
        if let failure = final.failure { chunk?.resume(throwing: failure) } else { chunk?.resume(returning: nil) }
        write?.resume(throwing: final.failure ?? uploadStopped)
        end?.resume()
    }

    /// Whether the exchange waits for our own consumer or producer, so that the peer isn't to blame for silence.
    var waitsForUs: Bool {
        state.withLock { $0.isReceivePaused || ($0.isSendPaused && !$0.isUploadEnded) }
    }

    var noAnswer: HTTPClientError {
        HTTPClientError(.connectionClosed, "the peer gave no answer — \(request.endpoint) — try again")
    }

    var uploadStopped: HTTPClientError {
        HTTPClientError(.uploadStopped, "the peer takes no more of the request's body — \(request.endpoint)")
    }
}
