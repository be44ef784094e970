/// The answer to a request: its head, and its body while it arrives.
package struct HTTPResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields.
    package var headers: HTTPHeaders
    /// The body.
    package var body: HTTPResponseBody

    /// The error to throw for a status that the caller doesn't accept, with what the peer said in its body.
    package func unexpectedStatus(doing what: String, at endpoint: Endpoint) async throws -> HTTPClientError {
        let said = message(inBody: try await body.start(upTo: 4 << 10))
        let words = said.isEmpty ? "" : ": \(said)"
        return HTTPClientError(
            .unexpectedStatus,
            "\(what) failed with status \(status)\(words) — \(endpoint)",
            status: status
        )
    }
}

/// The body of an answer: chunks as they come, to be read once.
///
/// What isn't consumed is not read from the network either, except for about a MiB.
package struct HTTPResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    let transfer: Transfer

    /// Reads the chunks.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let transfer: Transfer

        /// The next chunk; nil at the end of the body.
        package mutating func next() async throws -> [UInt8]? { try await transfer.nextChunk() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(transfer: transfer) }

    /// The whole body; throws when it is longer than the limit.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await chunk in self {
            guard all.count + chunk.count <= limit else {
                throw HTTPClientError(
                    .bodyTooLarge,
                    "the answer is larger than \(limit) bytes — \(transfer.request.endpoint)"
                )
            }
            all += chunk
        }
        return all
    }

    /// The first bytes of the body.
    package func start(upTo limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await chunk in self {
            all += chunk.prefix(limit - all.count)
            if all.count >= limit { break }
        }
        return all
    }
}
