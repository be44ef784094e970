import Glibc
import Synchronization

/// One address of a host, as the bytes of its `sockaddr`.
struct SocketAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]

    init?(_ info: addrinfo) {
        guard let address = info.ai_addr else { return nil }
        family = info.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
    }

    func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }
}

/// The result of a lookup that runs on its own thread.
private final class Lookup: Sendable {
    let result = Mutex<(code: Int32, addresses: [SocketAddress])?>(nil)
    let done: WakeDescriptor

    init() throws(HTTPClientError) { done = try WakeDescriptor() }
}

/// The addresses of a host, in the system's order of preference.
///
/// `getaddrinfo` can neither be cancelled nor given a deadline. It runs on a thread of its own; when the answer comes
/// too late, that thread is left behind and frees what it holds when it ends.
func resolve(
    _ host: String,
    _ port: UInt16,
    _ endpoint: Endpoint,
    _ deadline: Deadline
) async throws -> [SocketAddress] {
    let numeric = lookUp(host, port, AI_NUMERICHOST)
    if numeric.code == 0 { return numeric.addresses }
    let lookup = try Lookup()
    try startThread {
        let found = lookUp(host, port, AI_ADDRCONFIG)
        lookup.result.withLock { $0 = found }
        lookup.done.wake()
    }
    let outcome = try await waitUntilReady(lookup.done.descriptor, for: POLLIN, until: deadline)
    guard case .ready = outcome, let found = lookup.result.withLock({ $0 }) else {
        throw HTTPClientError.connectTimedOut(endpoint, after: deadline.limit)
    }
    guard found.code == 0 else {
        let reason = gai_strerror(found.code).map { String(cString: $0) } ?? "error \(found.code)"
        throw HTTPClientError(.cannotResolve, "cannot find the host: \(reason) — \(endpoint) — check its name")
    }
    return found.addresses
}

/// One blocking lookup.
private func lookUp(_ host: String, _ port: UInt16, _ flags: Int32) -> (code: Int32, addresses: [SocketAddress]) {
    var hints = addrinfo()
    hints.ai_flags = flags | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else { return (code, []) }
    defer { freeaddrinfo(list) }
    let entries = sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }
    return (0, entries.compactMap { $0.flatMap { SocketAddress($0.pointee) } })
}
