import Glibc
import CaissonHTTPClient
import Synchronization

/// An engine that takes a tar and answers as a test tells it to.
final class TarStub: Sendable {
    /// What follows the context, one after the other.
    enum Act: Sendable {
        /// Bytes as they are, not as a chunk.
        case raw(String)
        /// A chunk of the answer's body.
        case chunk(String)
        /// The answer's proper end.
        case end
        /// The connection's end, in mid-answer.
        case close
        /// Nothing, until the client goes away.
        case hang
    }

    let endpoint: Endpoint
    private let listener: CInt
    private let path: String
    private let seen = Mutex((target: "", head: "", body: [UInt8](), hasLeft: false))

    /// The request for a build, and the context that came with it.
    var build: (target: String, head: String, body: [UInt8]) {
        seen.withLock { ($0.target, $0.head, $0.body) }
    }
    /// Whether the client closed the connection of a build while the engine hung.
    var clientHasLeft: Bool { seen.withLock { $0.hasLeft } }

    static let ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    /// - Parameters:
    ///   - takesContext: Whether the context is read before it acts.
    init(isPodman: Bool, takesContext: Bool = true, _ acts: [Act]) throws {
        path = "/tmp/caisson-tar-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
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
        let socket = listener
        detach { [weak self] in
            while case let connection = accept(socket, nil, nil), connection >= 0 {
                detach { [weak self] in
                    self?.serve(connection, isPodman, takesContext, acts)
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

    private func serve(_ connection: CInt, _ isPodman: Bool, _ takesContext: Bool, _ acts: [Act]) {
        let identity = isPodman ? "Libpod-Api-Version: 4.3.1\r\n" : ""
        while let head = line(connection, until: "\r\n\r\n") {
            let target = String(head.split(separator: " ").dropFirst().first ?? "")
            if target.hasPrefix("/_ping") {
                write(connection, "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\(identity)Content-Length: 0\r\n\r\n")
            } else if target.contains("/images/") {
                write(
                    connection,
                    "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"Digest\":\"sha256:beef\"}".replacing(
                        "23",
                        with: "24"
                    )
                )
            } else {
                seen.withLock { ($0.target, $0.head) = (target, head) }
                if takesContext { readContext(connection, head) }
                guard acts.allSatisfy({ perform($0, connection) }) else { return }
            }
        }
    }

    private func readContext(_ connection: CInt, _ head: String) {
        guard head.lowercased().contains("transfer-encoding: chunked") else { return }
        while let size = line(connection, until: "\r\n").flatMap({ Int($0.dropLast(), radix: 16) }) {
            var rest = size + 2
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while rest > 0 {
                let count = recv(connection, &buffer, min(rest, buffer.count), 0)
                guard count > 0 else { return }
                bytes += buffer[..<count]
                rest -= count
            }
            if size == 0 { return }
            seen.withLock { $0.body += bytes.dropLast(2) }
        }
    }

    private func perform(_ act: Act, _ connection: CInt) -> Bool {
        switch act {
        case .raw(let text): write(connection, text)
        case .chunk(let text): write(connection, "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
        case .close: return false
        case .end: write(connection, "0\r\n\r\n")
        case .hang:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            seen.withLock { $0.hasLeft = true }
            return false
        }
        return true
    }

    private func write(_ connection: CInt, _ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func line(_ connection: CInt, until end: String) -> String? {
        var text = ""
        var byte: UInt8 = 0
        while !text.hasSuffix(end) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }
}
