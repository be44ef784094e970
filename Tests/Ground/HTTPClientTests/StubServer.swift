import Glibc
import Synchronization

@testable import CaissonHTTPClient

/// A server on a Unix socket or a loopback port that runs a closure on a thread for every connection.
final class StubServer: Sendable {
    let endpoint: Endpoint
    private let listener: Int32
    private let path: String?
    private let accepted = Mutex(0)

    /// How many connections came so far.
    var connections: Int { accepted.withLock { $0 } }

    /// Serves on a new socket below the temporary directory.
    static func unix(
        name: String? = nil,
        backlog: Int32 = 64,
        _ serve: @escaping @Sendable (Peer) -> Void
    ) throws -> StubServer {
        let path = name ?? "/tmp/caisson-http-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        unlink(path)
        let rc = withUnixAddress(path) { bind(listener, $0, $1) }
        guard rc == 0, listen(listener, backlog) == 0 else { throw StubError(what: "bind \(path): \(errno)") }
        return StubServer(listener, .unix(path: path), path, serve)
    }

    /// Serves on a free port of 127.0.0.1.
    static func tcp(_ serve: @escaping @Sendable (Peer) -> Void) throws -> StubServer {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let rc = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard rc else { throw StubError(what: "bind loopback: \(errno)") }
        let port = UInt16(bigEndian: address.sin_port)
        return StubServer(listener, .tcp(host: "127.0.0.1", port: port, tls: nil), nil, serve)
    }

    private init(_ listener: Int32, _ endpoint: Endpoint, _ path: String?, _ serve: @escaping @Sendable (Peer) -> Void)
    {
        self.listener = listener
        self.endpoint = endpoint
        self.path = path
        run { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                self?.accepted.withLock { $0 += 1 }
                run { serve(Peer(descriptor)) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        if let path { unlink(path) }
    }
}

/// What a stub couldn't do.
struct StubError: Error {
    var what: String
}

/// Runs the closure on a thread.
func run(_ body: @escaping @Sendable () -> Void) {
    do { try startThread(body) } catch { print("no thread: \(error)") }
}

/// The server's end of one connection, with blocking calls.
final class Peer: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Reads up to so many bytes; nothing at the end.
    func read(_ most: Int = 64 << 10) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &buffer, most, 0)
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    /// Reads to the end of a request's head: the head, and what came after it; nil when the connection ended.
    func readHead() -> (head: String, rest: [UInt8])? {
        var all: [UInt8] = []
        while true {
            if let end = all.firstBlankLine {
                return (String(decoding: all[..<end], as: UTF8.self), Array(all[end...]))
            }
            let more = read()
            guard !more.isEmpty else { return nil }
            all += more
        }
    }

    /// Writes everything; false when the other side has gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Waits until the other side has closed.
    func waitForClose() {
        while !read().isEmpty {}
    }
}

extension [UInt8] {
    /// The index after the first CR LF CR LF.
    fileprivate var firstBlankLine: Int? {
        guard count >= 4 else { return nil }
        return (4...count).first { Array(self[($0 - 4)..<$0]) == [13, 10, 13, 10] }
    }
}

/// Lets the runtime open what it keeps for its timers, so that counting afterwards sees only ours.
func warmUpTimers() async {
    try? await Task.sleep(for: .milliseconds(20))
}

/// How many descriptors the process has open.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// How many threads the process has.
func threadCount() -> Int {
    guard let directory = opendir("/proc/self/task") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Waits up to some seconds until the condition holds.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}

/// The error of that code, or a failure of the test.
func code(of body: () async throws -> Void) async -> HTTPClientError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? HTTPClientError)?.code
    }
}
