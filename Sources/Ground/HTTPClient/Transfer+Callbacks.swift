import CaissonCCurl
import Synchronization

/// The C functions that libcurl calls on its thread while a transfer runs.
///
/// Their context is the transfer, which the thread keeps alive until the handle is freed.
enum TransferCallbacks {
    static let write: ccurl_write_callback = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    static let header: ccurl_write_callback = { bytes, size, count, context in
        guard let context, let bytes else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }

    static let read: ccurl_read_callback = { bytes, size, count, context in
        guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.supply(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }
}

extension Transfer {
    /// Takes all bytes of this piece of the answer's body, or none, which pauses the transfer.
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        enum Action {
            case refuse, pause, queued
            case hand(CheckedContinuation<[UInt8]?, any Error>, [UInt8])
        }
        let action: Action = state.withLock { state in
            guard state.failure == nil else { return .refuse }
            guard state.received.count < Self.receiveLimit else {
                state.isReceivePaused = true
                return .pause
            }
            if let waiter = state.chunkWaiter.take() { return .hand(waiter, Array(bytes)) }
            state.received.append(Array(bytes))
            return .queued
        }
        switch action {
        case .refuse: return bytes.isEmpty ? 1 : 0
        case .pause: return Int(CURL_WRITEFUNC_PAUSE)
        case .queued: return bytes.count
        case .hand(let waiter, let chunk):
            waiter.resume(returning: chunk)
            return bytes.count
        }
    }

    /// Takes one header line.
    fileprivate func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
        let (accepted, head, waiter) = state.withLock {
            state -> (Bool, HTTPHead?, CheckedContinuation<HTTPHead, any Error>?) in
            switch state.heads.take(line) {
            case .more: return (true, nil, nil)
            case .head(let head):
                guard state.head == nil else { return (true, nil, nil) }
                state.head = head
                return (true, head, state.headWaiter.take())
            case .tooLarge:
                state.failure =
                    state.failure
                    ?? HTTPClientError(
                        .headTooLarge,
                        "the answer's headers are larger than 256 KiB — \(request.endpoint)"
                    )
                return (false, nil, nil)
            }
        }
        if let head { waiter?.resume(returning: head) }
        return accepted ? line.count : 0
    }

    /// Gives some bytes of the request's body, none at its end; without any so far, the transfer pauses.
    fileprivate func supply(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let (count, waiter) = state.withLock { state -> (Int, CheckedContinuation<Void, any Error>?) in
            guard state.failure == nil else { return (Int(CURL_READFUNC_ABORT), nil) }
            let count = state.upload.pop(into: buffer)
            guard count > 0 || state.isUploadEnded else {
                state.isSendPaused = true
                return (Int(CURL_READFUNC_PAUSE), nil)
            }
            return (count, state.upload.count <= Self.uploadLimit ? state.writeWaiter.take() : nil)
        }
        waiter?.resume()
        return count
    }

    /// The next chunk of the answer's body; nil at its end.
    func nextChunk() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (known, resumes) = state.withLock { takeChunk(&$0, or: continuation) }
                if let known { continuation.resume(with: known) }
                if resumes { resume() }
            }
        } onCancel: {
            abort(CancellationError())
        }
    }

    /// Returns what the consumer gets at once, or nil when it has to wait, and whether the thread must receive again.
    private func takeChunk(
        _ state: inout State,
        or waiter: CheckedContinuation<[UInt8]?, any Error>
    ) -> (Result<[UInt8]?, any Error>?, Bool) {
        if let failure = state.failure, failure is CancellationError { return (.failure(failure), false) }
        if let chunk = state.received.popChunk() {
            // It resumes only when half empty, so that the transfer doesn't pause and resume with every chunk.
            let resumes = state.isReceivePaused && state.received.count <= Self.receiveLimit / 2
            if resumes { state.isReceivePaused = false }
            return (.success(chunk), resumes)
        }
        if state.isEnded { return (state.failure.map { .failure($0) } ?? .success(nil), false) }
        guard state.chunkWaiter == nil else {
            return (.failure(HTTPClientError(.closed, "the body of an answer is read by one task only")), false)
        }
        state.chunkWaiter = waiter
        return (nil, false)
    }
}
