import CaissonSystem
import Glibc

/// How a connection is to be made.
package struct DialOptions: Sendable {
    /// How long connecting may take, name lookup and TLS handshake included.
    package var connectTimeout: Duration
    /// Whether TLS offers HTTP/2 by ALPN: gRPC servers refuse connections that don't.
    package var offersHTTP2: Bool

    /// Makes options; HTTP/1.1 within 10 seconds by default.
    package init(connectTimeout: Duration = .seconds(10), offersHTTP2: Bool = false) {
        self.connectTimeout = connectTimeout
        self.offersHTTP2 = offersHTTP2
    }
}

/// Connects to the endpoint.
///
/// Unix sockets and plain TCP are connected here without libcurl; TLS goes through it (see `TLSPump`).
package func dial(_ endpoint: Endpoint, _ options: DialOptions = DialOptions()) async throws -> ConnectedStream {
    let deadline = Deadline(after: options.connectTimeout)
    switch endpoint {
    case .unix(let path):
        let descriptor = try await dialUnix(path, endpoint, deadline)
        return ConnectedStream(adopting: descriptor, endpoint: endpoint)
    case .tcp(let host, let port, .none):
        let descriptor = try await dialTCP(host, port, endpoint, deadline)
        return ConnectedStream(adopting: descriptor, endpoint: endpoint)
    case .tcp(_, _, .some):
        return try await dialTLS(endpoint, options)
    }
}

/// Connects a Unix socket.
private func dialUnix(_ path: String, _ endpoint: Endpoint, _ deadline: Deadline) async throws -> Int32 {
    let short = try ShortSocketPath(path, endpoint)
    let descriptor = try makeSocket(AF_UNIX, endpoint)
    try await connectUnix(descriptor.number, short.path, endpoint, deadline)
    return descriptor.release()
}

/// Connects, and tries again while the listener's queue is full: a Unix socket reports that at once, with EAGAIN.
private func connectUnix(
    _ descriptor: Int32,
    _ path: String,
    _ endpoint: Endpoint,
    _ deadline: Deadline
) async throws {
    while true {
        let rc = withUnixAddress(path) { address, length in connect(descriptor, address, length) == 0 ? 0 : errno }
        switch rc {
        case 0, EISCONN: return
        case EINTR: continue
        case EINPROGRESS, EALREADY: return try await finishConnect(descriptor, endpoint, deadline)
        case EAGAIN:
            guard deadline.milliseconds > 0 else {
                throw HTTPClientError.connectTimedOut(endpoint, after: deadline.limit)
            }
            try await Task.sleep(for: .milliseconds(5))
        case let number: throw HTTPClientError.connect(number, endpoint)
        }
    }
}

/// Waits until a connect that was started has ended, and throws if it failed.
private func finishConnect(_ descriptor: Int32, _ endpoint: Endpoint, _ deadline: Deadline) async throws {
    switch try await waitUntilReady(descriptor, for: POLLOUT, until: deadline) {
    case .ready, .cancelled: break
    case .deadline: throw HTTPClientError.connectTimedOut(endpoint, after: deadline.limit)
    case .failed(let number): throw HTTPClientError.system("cannot wait for the connection to \(endpoint)", number)
    }
    var number: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
    guard number == 0 else { throw HTTPClientError.connect(number, endpoint) }
}

/// Connects to the first address of the host that answers.
private func dialTCP(
    _ host: String,
    _ port: UInt16,
    _ endpoint: Endpoint,
    _ deadline: Deadline
) async throws -> Int32 {
    let addresses = try await resolve(host, port, endpoint, deadline)
    var failure = HTTPClientError(.cannotResolve, "the host has no address — \(endpoint) — check its name")
    for address in addresses {
        do {
            return try await connectTCP(address, endpoint, deadline)
        } catch let error as HTTPClientError {
            // The next address may answer; when none does, the last failure is the one that is reported.
            failure = error
        }
    }
    throw failure
}

/// Connects to one address.
private func connectTCP(_ address: SocketAddress, _ endpoint: Endpoint, _ deadline: Deadline) async throws -> Int32 {
    let descriptor = try makeSocket(address.family, endpoint)
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor.number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    setsockopt(descriptor.number, SOL_SOCKET, SO_KEEPALIVE, &on, size)
    let rc = address.withPointer { pointer, length in connect(descriptor.number, pointer, length) == 0 ? 0 : errno }
    switch rc {
    case 0: break
    case EINPROGRESS, EINTR: try await finishConnect(descriptor.number, endpoint, deadline)
    default: throw HTTPClientError.connect(rc, endpoint)
    }
    return descriptor.release()
}

/// A stream socket that is non-blocking and closes on exec.
private func makeSocket(_ family: Int32, _ endpoint: Endpoint) throws(HTTPClientError) -> OwnedDescriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let number = socket(family, kind, 0)
    guard number >= 0 else { throw .system("cannot make a socket for \(endpoint)", errno) }
    return OwnedDescriptor(adopting: number)
}
