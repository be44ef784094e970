/// A whole answer that was kept in memory.
package struct SmallAnswer: Sendable, Hashable {
    /// The status of the answer.
    package var status: Int
    /// Its body.
    package var body: [UInt8]
}

extension ConnectedStream {
    /// Gets a small document in a single exchange, without libcurl, whose loading costs more memory and time than such a
    /// question; the connection is closed in any case.
    ///
    /// - Parameters:
    ///   - target: The path with its query, escaped.
    ///   - limit: How many bytes the body may have.
    ///   - timeout: How long all of it may take.
    /// - Throws: `HTTPClientError`, with code `bodyTooLarge` where there is more, and `connectionClosed` where the body
    ///   breaks off.
    package func get(
        _ target: String,
        upTo limit: Int,
        timeout: Duration = .seconds(10)
    ) async throws -> SmallAnswer {
        var exchange = try Exchange(on: self, Deadline(after: timeout))
        defer { markSpent() }
        try await exchange.send("GET", target, ["Connection": "close"])
        let head = try await exchange.readHead()
        let framing = try HTTPBodyFraming(checking: head, method: "GET")
        let (body, isComplete) = try await exchange.readBody(framing, keeping: limit + 1, readingAtMost: limit)
        guard body.count <= limit else {
            let most = "longer than \(limit) bytes"
            throw HTTPClientError(.bodyTooLarge, "the answer to \(target) is \(most) — \(endpoint)")
        }
        guard isComplete || (framing == .untilClose && exchange.isSpoiled) else {
            throw HTTPClientError(.connectionClosed, "the answer to \(target) breaks off — \(endpoint) — try again")
        }
        return SmallAnswer(status: head.status, body: body)
    }
}
