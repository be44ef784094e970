import CaissonText
import CaissonBuildModel
import Glibc
import CaissonRegistry
import Synchronization

@testable import CaissonHTTPClient

/// A registry, or a token server, that does what a test says, on a loopback port.
final class StubRegistry: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: [UInt8] = []

        /// The target without the query.
        var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// What is answered.
    enum Reply: Sendable {
        /// A whole answer.
        case answer(Int, [String: String] = [:], [UInt8] = [])
        /// An answer whose body ends before its announced length.
        case short(Int, [String: String], [UInt8], announced: Int)
        /// Bytes that are no HTTP.
        case garbage
        /// Nothing, until the client gives up.
        case silence
        /// The end of the connection.
        case close

        static func json(_ text: String, _ headers: [String: String] = [:]) -> Reply {
            .answer(200, headers, Array(text.utf8))
        }
    }

    /// The host and port.
    let address: String
    private let listener: Int32
    private let log = RequestLog()

    /// The requests so far.
    var requests: [Request] { log.requests }

    /// The methods and paths of the requests so far.
    var lines: [String] { requests.map { "\($0.method) \($0.path)" } }

    /// Serves; `breaking` says after how many bytes of a request's body the connection is to break off.
    init(
        breaking: @escaping @Sendable (Request) -> Int? = { _ in nil },
        _ reply: @escaping @Sendable (Request) -> Reply
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var bound = sockaddr_in()
        bound.sin_family = sa_family_t(AF_INET)
        bound.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard isBound else { throw RegistryError(.system, "no loopback port") }
        self.listener = listener
        address = "127.0.0.1:\(UInt16(bigEndian: bound.sin_port))"
        try startThread { [log] in
            while true {
                let number = accept(listener, nil, nil)
                guard number >= 0 else { return }
                try? startThread {
                    defer { close(number) }
                    var connection = StubConnection(number: number)
                    while let request = connection.next(breaking) {
                        log.append(request)
                        guard !connection.isBroken, connection.send(reply(request), to: request) else { return }
                    }
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

/// The requests that a stub saw.
private final class RequestLog: Sendable {
    private let seen = Mutex<[StubRegistry.Request]>([])

    var requests: [StubRegistry.Request] { seen.withLock { $0 } }

    func append(_ request: StubRegistry.Request) { seen.withLock { $0.append(request) } }
}

/// The server's end of a connection.
private struct StubConnection {
    let number: Int32
    private(set) var isBroken = false
    private var pending: [UInt8] = []

    init(number: Int32) { self.number = number }

    mutating func next(_ breaking: (StubRegistry.Request) -> Int?) -> StubRegistry.Request? {
        var end: Int?
        while end == nil {
            // TLS isn't spoken here.
            if pending.first == 0x16 { return nil }
            end =
                pending.count < 4
                ? nil : (4...pending.count).first { Array(pending[($0 - 4)..<$0]) == [13, 10, 13, 10] }
            if end == nil, !fill() { return nil }
        }
        let lines = String(decoding: pending[..<(end ?? 0)], as: UTF8.self).split(separator: "\r\n")
        pending.removeFirst(end ?? 0)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        var request = StubRegistry.Request(method: String(words[0]), target: String(words[1]), headers: [:])
        for line in lines.dropFirst() {
            guard let (name, value) = String(line).cut(at: ":") else { continue }
            request.headers[name.lowercased()] = value.trimmed
        }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        let wanted = breaking(request).map { min($0, length) } ?? length
        isBroken = wanted < length
        while pending.count < wanted, fill() {}
        request.body = Array(pending.prefix(wanted))
        pending.removeFirst(min(wanted, pending.count))
        return request
    }

    private mutating func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(number, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    func send(_ reply: StubRegistry.Reply, to request: StubRegistry.Request) -> Bool {
        switch reply {
        case .answer(let status, let headers, let body):
            return write(head(status, headers, body.count)) && (request.method == "HEAD" || write(body))
        case .short(let status, let headers, let body, let announced):
            _ = write(head(status, headers, announced)) && write(body)
            return false
        case .garbage:
            _ = write(Array("what is this?\r\n\r\n".utf8))
            return false
        case .silence:
            var byte: UInt8 = 0
            while recv(number, &byte, 1, 0) > 0 {}
            return false
        case .close: return false
        }
    }

    private func head(_ status: Int, _ headers: [String: String], _ length: Int) -> [UInt8] {
        var text = "HTTP/1.1 \(status) Status\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if headers["Content-Length"] == nil { text += "Content-Length: \(length)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Counts what happens on several threads.
final class Counter: Sendable {
    private let value = Mutex(0)

    /// The next number, from 1 on.
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

/// Options with short waits that find credentials in this text only.
func stubOptions(in directory: String? = nil) -> RegistryOptions {
    var options = RegistryOptions(variables: directory.map { ["DOCKER_CONFIG": $0] } ?? [:], home: "/nonexistent")
    options.retry = RetryPolicy(base: .milliseconds(5), longest: .milliseconds(20), longestAsked: .seconds(2))
    options.connectLimit = .seconds(10)
    options.silenceLimit = .seconds(20)
    options.certificateFolders = []
    return options
}

/// The code of the error that a body throws.
func registryError(_ body: () async throws -> Void) async -> RegistryError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RegistryError
    }
}
