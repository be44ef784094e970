/// What an engine says about itself when it is pinged.
package struct PingReply: Sendable, Hashable {
    /// The status of the answer.
    package var status: Int
    /// The fields of the answer: `Api-Version`, `Builder-Version`, `Docker-Experimental`, `Server`.
    package var headers: HTTPHeaders
    /// Whether the connection can be used for the next exchange.
    package var isReusable: Bool
}

/// The fast path of every build: one connect, one ping, one upgrade, all on one socket and without libcurl.
///
/// ```
/// caisson                                dockerd
///   HEAD /_ping                  ──▶
///                                ◀──   200, Api-Version: 1.41, …
///   POST /grpc, Upgrade: h2c     ──▶
///                                ◀──   101, then HTTP/2 at once: its first frames may come with the head
/// ```
///
/// It does not pipeline, send bodies or read large ones: `HTTPClient` does.
extension ConnectedStream {
    /// Asks the engine who it is: `HEAD /_ping`, or `GET /_ping` where the engine doesn't know HEAD.
    ///
    /// The connection stays usable unless the reply says otherwise; it is closed when this throws.
    package func ping(timeout: Duration = .seconds(10)) async throws -> PingReply {
        var exchange = try Exchange(on: self, Deadline(after: timeout))
        do {
            var reply = try await exchange.ping("HEAD")
            if reply.status == 404 || reply.status == 405 || reply.status == 501, reply.isReusable {
                reply = try await exchange.ping("GET")
            }
            let (descriptor, rest) = exchange.release()
            checkIn(descriptor, alreadyRead: rest)
            if !reply.isReusable { close() }
            return reply
        } catch {
            markSpent()
            throw error
        }
    }

    /// Makes the connection carry HTTP/2: `POST` to the target with `Upgrade: h2c`, answered by 101.
    ///
    /// This stream is used up afterwards. The one returned has in `alreadyRead` what the peer sent after the head.
    package func upgrade(
        _ target: String,
        headers: HTTPHeaders = HTTPHeaders(),
        timeout: Duration = .seconds(10)
    ) async throws -> ConnectedStream {
        var exchange = try Exchange(on: self, Deadline(after: timeout))
        defer { markSpent() }
        var fields = headers
        fields.append("Connection", "Upgrade")
        fields.append("Upgrade", "h2c")
        fields.append("Content-Length", "0")
        try await exchange.send("POST", target, fields)
        let head = try await exchange.readHead()
        guard head.status == 101 else { throw try await exchange.refusal(head, target, endpoint) }
        guard head.headers.lists("h2c", in: "Upgrade") else {
            throw HTTPClientError(
                .upgradeRefused,
                "the peer switched to another protocol than h2c on \(target) — \(endpoint)",
                status: 101
            )
        }
        let (descriptor, rest) = exchange.release()
        return ConnectedStream(
            adopting: descriptor,
            endpoint: endpoint,
            alreadyRead: rest,
            negotiatedProtocol: negotiatedProtocol
        )
    }
}

extension Exchange {
    /// One ping with that method.
    fileprivate mutating func ping(_ method: String) async throws -> PingReply {
        try await send(method, "/_ping", HTTPHeaders())
        let head = try await readHead()
        let framing = try HTTPBodyFraming(checking: head, method: method)
        let (_, isComplete) = try await readBody(framing, keeping: 0, readingAtMost: 64 << 10)
        let stays = head.minorVersion == 1 ? !head.headers.lists("close", in: "Connection") : false
        return PingReply(
            status: head.status,
            headers: head.headers,
            isReusable: stays && isComplete && head.status != 101 && !isSpoiled
        )
    }

    /// The error of an upgrade that was answered with something other than 101.
    fileprivate mutating func refusal(
        _ head: HTTPHead,
        _ target: String,
        _ endpoint: Endpoint
    ) async throws -> HTTPClientError {
        let framing = try HTTPBodyFraming(checking: head, method: "POST")
        var said = ""
        do {
            said = message(inBody: try await readBody(framing, keeping: 4 << 10, readingAtMost: 4 << 10).body)
        } catch is HTTPClientError {
            // The status is known; a body that doesn't come must not hide it.
        }
        let words = said.isEmpty ? head.reason : said
        return HTTPClientError(
            .upgradeRefused,
            "the engine refused the upgrade of \(target) with status \(head.status)\(words.isEmpty ? "" : ": \(words)")"
                + " — \(endpoint) — check that it is a Docker engine with BuildKit",
            status: head.status
        )
    }
}

extension HTTPBodyFraming {
    /// The framing, with the module's error.
    init(checking head: HTTPHead, method: String) throws(HTTPClientError) {
        do {
            try self.init(of: head, method: method)
        } catch {
            throw HTTPClientError(
                .malformedResponse,
                "the answer's length can't be told (\(error))",
                status: head.status
            )
        }
    }
}
