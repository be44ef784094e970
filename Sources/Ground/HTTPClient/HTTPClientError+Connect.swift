import Glibc

extension HTTPClientError {
    /// The error for a connect that the system refused with this errno.
    static func connect(_ number: Int32, _ endpoint: Endpoint) -> HTTPClientError {
        switch (number, endpoint) {
        case (ENOENT, .unix), (ENOTDIR, .unix):
            HTTPClientError(
                .socketMissing,
                "no such socket — \(endpoint) — start the engine that listens there, or give another address"
            )
        case (ECONNREFUSED, .unix):
            HTTPClientError(
                .connectionRefused,
                "connection refused — \(endpoint) — the socket is there but nobody listens: start the engine again"
            )
        case (ECONNREFUSED, .tcp):
            HTTPClientError(
                .connectionRefused,
                "connection refused — \(endpoint) — check the address and port, and that the engine runs"
            )
        case (EACCES, .unix(let path)), (EPERM, .unix(let path)):
            HTTPClientError(
                .permissionDenied,
                "permission denied — \(endpoint) — add yourself to the group that owns it\(group(of: path)) or run as root"
            )
        case (ETIMEDOUT, _):
            connectTimedOut(endpoint, after: nil)
        default:
            HTTPClientError(
                .connectFailed,
                "cannot connect: \(systemMessage(number)) — \(endpoint) — check the address"
            )
        }
    }

    /// No connection within the limit.
    static func connectTimedOut(_ endpoint: Endpoint, after limit: Duration?) -> HTTPClientError {
        let within = limit.map { " within \(seconds($0))" } ?? ""
        return HTTPClientError(
            .connectTimedOut,
            "no connection\(within) — \(endpoint) — check that the host is up and that no firewall drops the packets"
        )
    }

    /// The error when the system refuses a resource that every exchange needs.
    static func system(_ what: String, _ number: Int32) -> HTTPClientError {
        HTTPClientError(.system, "\(what): \(systemMessage(number)) — raise the limits of open files and threads")
    }

    /// The error when the peer's answer isn't HTTP.
    static func notHTTP(_ endpoint: Endpoint, _ what: String) -> HTTPClientError {
        HTTPClientError(.notHTTP, "the peer doesn't speak HTTP/1.1: \(what) — \(endpoint) — check the address")
    }

    /// The name of the group that owns a socket, in parentheses; empty where it can't be known.
    private static func group(of path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "" }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getgrgid_r(status.st_gid, &entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.gr_name
        else { return "" }
        return " (\(String(cString: name)))"
    }
}

/// The system's words for an errno.
func systemMessage(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A duration for people, such as "10 s" or "0.5 s".
func seconds(_ duration: Duration) -> String {
    let (whole, fraction) = duration.components
    let tenths = fraction / 100_000_000_000_000_000
    return tenths == 0 ? "\(whole) s" : "\(whole).\(tenths) s"
}
