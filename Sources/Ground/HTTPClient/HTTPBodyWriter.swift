import Synchronization

/// Takes the body of a request from the task that makes it, and makes that task wait while the peer is slower.
package struct HTTPBodyWriter: Sendable {
    let transfer: Transfer
    let length: Int64?

    /// Sends the chunk; returns when there is room for more.
    package func write(_ chunk: [UInt8]) async throws {
        guard !chunk.isEmpty else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (known, resumes) = transfer.queueUpload(chunk, length, or: continuation)
                if let known { continuation.resume(with: known) }
                if resumes { transfer.resume() }
            }
        } onCancel: {
            transfer.abort(CancellationError())
        }
    }

    /// Ends the body.
    func finish() throws(HTTPClientError) {
        let (uploaded, resumes, isOver) = transfer.state.withLock { state in
            state.isUploadEnded = true
            let resumes = state.isSendPaused
            state.isSendPaused = false
            return (state.uploaded, resumes, state.isEnded)
        }
        if let length, uploaded != length, !isOver { throw transfer.wrongLength(uploaded, of: length) }
        if resumes { transfer.resume() }
    }
}

extension Transfer {
    /// Queues a chunk; returns what the writer gets at once, or nil when it has to wait, and whether to wake the
    /// thread.
    fileprivate func queueUpload(
        _ chunk: [UInt8],
        _ length: Int64?,
        or waiter: CheckedContinuation<Void, any Error>
    ) -> (Result<Void, any Error>?, Bool) {
        state.withLock { state in
            guard state.failure == nil, !state.isEnded, !state.isUploadEnded else {
                return (.failure(state.failure ?? self.uploadStopped), false)
            }
            guard state.writeWaiter == nil else {
                return (.failure(HTTPClientError(.closed, "the body of a request is written by one task only")), false)
            }
            state.uploaded += Int64(chunk.count)
            if let length, state.uploaded > length {
                return (.failure(self.wrongLength(state.uploaded, of: length)), false)
            }
            state.upload.append(chunk)
            let resumes = state.isSendPaused
            state.isSendPaused = false
            guard state.upload.count > Self.uploadLimit else { return (.success(()), resumes) }
            state.writeWaiter = waiter
            return (nil, resumes)
        }
    }

    fileprivate func wrongLength(_ written: Int64, of length: Int64) -> HTTPClientError {
        HTTPClientError(
            .uploadStopped,
            "the request's body has \(written) bytes or more where \(length) were announced — \(request.endpoint)"
        )
    }
}
