import CaissonSystem
import Glibc

/// HTTP/1.1 exchanges, one after the other, on a connected socket without libcurl.
///
/// It owns the descriptor until it is released, and keeps the bytes that were read past the end of the last answer.
struct Exchange: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let endpoint: Endpoint
    private let deadline: Deadline
    private var pending: ArraySlice<UInt8>
    private var sawEnd = false

    init(on stream: ConnectedStream, _ deadline: Deadline) throws(HTTPClientError) {
        let (number, bytes) = try stream.checkOut()
        descriptor = OwnedDescriptor(adopting: number)
        endpoint = stream.endpoint
        self.deadline = deadline
        pending = bytes[...]
    }

    /// Ends the exchanges; returns the descriptor and the bytes that were read too far.
    consuming func release() -> (descriptor: Int32, alreadyRead: [UInt8]) {
        let rest = Array(pending)
        return (descriptor.release(), rest)
    }

    /// Whether the peer sent bytes that nobody asked for, or closed the connection.
    var isSpoiled: Bool { sawEnd || !pending.isEmpty }

    /// Sends a request without a body.
    mutating func send(_ method: String, _ target: String, _ headers: HTTPHeaders) async throws {
        try validateTarget(target)
        try headers.validate()
        var text = "\(method) \(target) HTTP/1.1\r\nHost: docker\r\n"
        for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
        text += "\r\n"
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                try await wait(for: POLLOUT)
            } else if errno == EPIPE || errno == ECONNRESET {
                // The peer may have said why before it closed: reading will show that.
                return
            } else if errno != EINTR {
                throw HTTPClientError(
                    .connectionClosed,
                    "cannot send: \(systemMessage(errno)) — \(endpoint) — try again"
                )
            }
        }
    }

    /// Reads the next final head; interim ones (100, 103) are skipped.
    mutating func readHead() async throws -> HTTPHead {
        for _ in 0..<8 {
            let head = try await readOneHead()
            if head.status >= 200 || head.status == 101 { return head }
        }
        throw HTTPClientError(.malformedResponse, "the peer sends interim answers without end — \(endpoint)")
    }

    private mutating func readOneHead() async throws -> HTTPHead {
        var reader = HTTPHeadReader()
        do {
            while true {
                if let head = try reader.consume(&pending) { return head }
                guard try await fill() else { throw HTTPClientError.notHTTP(endpoint, closedEarly(reader.isEmpty)) }
            }
        } catch let error as HTTPHeadError {
            throw translate(error)
        }
    }

    /// Reads the body that belongs to the head and keeps its first bytes, up to a limit.
    ///
    /// A body that isn't longer than `readingAtMost` is read to its end.
    mutating func readBody(
        _ framing: HTTPBodyFraming,
        keeping limit: Int,
        readingAtMost most: Int = 1 << 20
    ) async throws -> (body: [UInt8], isComplete: Bool) {
        var reader = HTTPBodyReader(framing, keeping: limit)
        do {
            while true {
                try reader.consume(&pending)
                if reader.isDone { return (reader.body, true) }
                if reader.count > most { return (reader.body, false) }
                guard try await fill() else { return (reader.body, false) }
            }
        } catch let error as HTTPHeadError {
            throw translate(error)
        }
    }

    /// Waits for more bytes and reads them; false at the end of the stream.
    private mutating func fill() async throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(descriptor.number, $0.baseAddress, $0.count, 0) }
            if count > 0 {
                pending += buffer.prefix(count)
                return true
            }
            if count == 0 || errno == ECONNRESET {
                sawEnd = true
                return false
            }
            if errno == EAGAIN {
                try await wait(for: POLLIN)
            } else if errno != EINTR {
                throw HTTPClientError(
                    .connectionClosed,
                    "cannot read: \(systemMessage(errno)) — \(endpoint) — try again"
                )
            }
        }
    }

    private func wait(for events: Int32) async throws {
        switch try await waitUntilReady(descriptor.number, for: events, until: deadline) {
        case .ready, .cancelled: return
        case .failed(let number): throw HTTPClientError.system("cannot wait for \(endpoint)", number)
        case .deadline:
            throw HTTPClientError(
                .deadlineExceeded,
                "no complete answer within \(seconds(deadline.limit)) — \(endpoint) — check that the engine isn't stuck"
            )
        }
    }

    private func closedEarly(_ nothing: Bool) -> String {
        nothing ? "it closed the connection without an answer" : "it closed the connection inside an answer's head"
    }

    private func translate(_ error: HTTPHeadError) -> HTTPClientError {
        switch error {
        case .notHTTP: .notHTTP(endpoint, "its first bytes are something else")
        case .tooLarge:
            HTTPClientError(.headTooLarge, "the answer's head is larger than 16 KiB — \(endpoint) — check the address")
        case .malformed(let what):
            HTTPClientError(
                .malformedResponse,
                "the answer is not valid HTTP (\(what)) — \(endpoint) — check the address"
            )
        }
    }
}
