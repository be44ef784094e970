import CaissonHTTPClient
import Glibc
import Synchronization

/// An engine on a Unix socket that answers as a test tells it to, one request a connection.
final class StubEngine: Sendable {
    typealias Answer = (status: Int, body: String)

    let endpoint: Endpoint
    private let listener: CInt
    private let path: String
    private let seen = Mutex<[String]>([])

    /// The requests so far, as `METHOD target`, in order.
    var requests: [String] { seen.withLock { $0 } }
    /// The requests that remove something.
    var removals: [String] { requests.filter { $0.hasPrefix("DELETE ") } }

    init(_ answer: @escaping @Sendable (_ request: String) -> Answer) throws {
        path = "/tmp/caisson-store-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        endpoint = .unix(path: path)
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { [listener] in bind(listener, $0, size) }
        }
        listen(listener, 32)
        let socket = listener
        onThread { [weak self] in
            while case let connection = accept(socket, nil, nil), connection >= 0 {
                self?.serve(connection, answer)
                close(connection)
            }
            // Closed by whom accepts alone: else another engine could get the number, and its clients end up here.
            close(socket)
        }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        unlink(path)
    }

    private func serve(_ connection: CInt, _ answer: (String) -> Answer) {
        var head = ""
        var byte: UInt8 = 0
        while !head.hasSuffix("\r\n\r\n") {
            guard recv(connection, &byte, 1, 0) == 1 else { return }
            head.unicodeScalars.append(Unicode.Scalar(byte))
        }
        let request = head.split(separator: " ").prefix(2).joined(separator: " ")
        seen.withLock { $0.append(request) }
        let (status, body) = answer(request)
        let text = "HTTP/1.1 \(status) X\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

private func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { pointer in
            pointer.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
            return nil
        },
        Unmanaged.passRetained(Box(body)).toOpaque()
    )
    pthread_detach(thread)
}
