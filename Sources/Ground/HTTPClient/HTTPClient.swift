/// Runs the closure with an HTTP client whose thread and connections are gone when this returns.
package func withHTTPClient<R: Sendable>(_ body: (HTTPClient) async throws -> R) async throws -> R {
    let client = HTTPClient()
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Makes HTTP/1.1 requests over Unix sockets, TCP and TLS.
///
/// All transfers of a client run in libcurl on one thread, which starts with the first request. Bodies stream in both
/// directions with back-pressure. The client does not retry, authenticate or keep cookies: its callers know when that
/// is right.
package final class HTTPClient: Sendable {
    private let loop = TransferLoop()

    fileprivate init() {}

    fileprivate func shutdown() async { await loop.stop() }

    /// Sends the request and runs the closure as soon as the head of the answer is there.
    ///
    /// The transfer lives as long as the closure: what the closure hasn't read of the body when it returns is never
    /// fetched. Cancelling the task closes the connection and throws `CancellationError`.
    package func withResponse<R: Sendable>(
        to request: HTTPRequest,
        _ body: (HTTPResponse) async throws -> R
    ) async throws -> R {
        try request.validate()
        try Task.checkCancellation()
        let transfer = Transfer(request, on: loop)
        loop.submit(.start(transfer))
        let result = await withTaskGroup(of: Void.self) { group in
            if case .stream(let length, let source) = request.body {
                let writer = HTTPBodyWriter(transfer: transfer, length: length)
                group.addTask { await upload(source, to: writer) }
            }
            let result = await Result { () async throws -> R in
                let head = try await transfer.awaitHead()
                let response = HTTPResponse(
                    status: head.status,
                    headers: head.headers,
                    body: HTTPResponseBody(transfer: transfer)
                )
                return try await body(response)
            }
            transfer.abort(TransferLoop.shutDown)
            group.cancelAll()
            await transfer.awaitEnd()
            return result
        }
        return try result.get()
    }

    /// Sends the request and collects the answer, whose body may not be longer than the limit.
    package func collect(
        _ request: HTTPRequest,
        upTo limit: Int
    ) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
        try await withResponse(to: request) { response in
            (response.status, response.headers, try await response.body.collect(upTo: limit))
        }
    }
}

/// Runs the closure that makes a request's body; if it fails, the transfer fails with its error.
private func upload(_ source: (HTTPBodyWriter) async throws -> Void, to writer: HTTPBodyWriter) async {
    do {
        try await source(writer)
        try writer.finish()
    } catch {
        writer.transfer.abort(error)
    }
}

extension Result where Failure == any Error {
    /// The result of an asynchronous closure.
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
