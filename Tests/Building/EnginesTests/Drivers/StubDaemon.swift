import Glibc
import CaissonHTTPClient
import Synchronization

/// A daemon on a Unix socket that gives its answers one after another, one for each request's head.
final class StubDaemon: Sendable {
    let endpoint: Endpoint
    private let listener: CInt
    private let path: String
    private let log = Mutex((requests: [String](), connections: 0))

    /// The heads that came.
    var requests: [String] { log.withLock { $0.requests } }
    /// How many connections came.
    var connections: Int { log.withLock { $0.connections } }

    init(_ answers: [String]) throws {
        path = "/tmp/caisson-stub-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        endpoint = .unix(path: path)
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [listener] in bind(listener, $0, size) }
        }
        listen(listener, 8)
        let answersLeft = AnswerList(answers)
        let socket = listener
        detach { [weak self] in
            while case let connection = accept(socket, nil, nil), connection >= 0 {
                self?.log.withLock { $0.connections += 1 }
                detach { [weak self] in
                    while let head = readHead(connection) {
                        self?.log.withLock { $0.requests.append(head) }
                        guard let answer = answersLeft.next() else { break }
                        _ = send(connection, answer, answer.utf8.count, CInt(MSG_NOSIGNAL))
                    }
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
        unlink(path)
    }
}

/// The answers that were not given yet.
private final class AnswerList: Sendable {
    private let rest: Mutex<ArraySlice<String>>

    init(_ answers: [String]) { rest = Mutex(answers[...]) }

    func next() -> String? { rest.withLock { $0.popFirst() } }
}

/// Reads to the end of a request's head; nil at the end of the connection.
private func readHead(_ connection: CInt) -> String? {
    var head = ""
    var byte: UInt8 = 0
    while !head.hasSuffix("\r\n\r\n") {
        guard recv(connection, &byte, 1, 0) == 1 else { return nil }
        head.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return head
}

/// Runs a closure that blocks on a thread of its own.
func detach(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread,
        nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        },
        box
    )
    pthread_detach(thread)
}
