import CaissonCCurl
import CaissonSystem
import Glibc
import Synchronization

/// Connects with TLS: libcurl connects and shakes hands on a thread, which then pumps between it and a socket pair.
func dialTLS(_ endpoint: Endpoint, _ options: DialOptions) async throws -> ConnectedStream {
    try Task.checkCancellation()
    let dialing = TLSDialing()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            startTLS(endpoint, options, dialing, continuation)
        }
    } onCancel: {
        dialing.cancel()
    }
}

private func startTLS(
    _ endpoint: Endpoint,
    _ options: DialOptions,
    _ dialing: TLSDialing,
    _ continuation: CheckedContinuation<ConnectedStream, any Error>
) {
    do {
        try startThread { runTLS(endpoint, options, dialing, continuation) }
    } catch {
        continuation.resume(throwing: error)
    }
}

/// Lets a cancelled task wake the thread that dials for it.
private final class TLSDialing: Sendable {
    // Safety: used only for curl_multi_wakeup, which any thread may call, under the lock and while the handle lives.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    private let state = Mutex<(waker: Waker?, isCancelled: Bool)>((nil, false))

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let waker = state.waker { _ = ccurl_multi_wakeup(waker.multi) }
        }
    }

    /// Says which handle to wake; nil when there is none any more.
    func setHandle(_ multi: UnsafeMutableRawPointer?) {
        let waker = multi.map { Waker(multi: $0) }
        state.withLock { $0.waker = waker }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }
}

/// The thread of one TLS connection: from the connect to the end of the pump.
private func runTLS(
    _ endpoint: Endpoint,
    _ options: DialOptions,
    _ dialing: TLSDialing,
    _ continuation: CheckedContinuation<ConnectedStream, any Error>
) {
    do {
        try CurlLibrary.load()
        let connection = try TLSConnection(endpoint, options)
        dialing.setHandle(connection.multi)
        // Keeps the connection to the end of the thread: otherwise it would be freed after its last use, under the
        // running pump.
        defer { withExtendedLifetime(connection) { dialing.setHandle(nil) } }
        try connection.connect { dialing.isCancelled }
        var ends: [Int32] = [-1, -1]
        guard makeSocketPair(&ends) else { throw HTTPClientError.system("cannot make a socket pair", errno) }
        // From here on the thread ends when either side closes; a caller that was cancelled drops its stream, which
        // closes it.
        continuation.resume(
            returning: ConnectedStream(
                adopting: ends[0],
                endpoint: endpoint,
                negotiatedProtocol: connection.negotiatedProtocol
            )
        )
        TLSPump(connection.easy, socket: connection.socket, local: OwnedDescriptor(adopting: ends[1])).run()
    } catch {
        continuation.resume(throwing: error)
    }
}

/// A TLS connection that libcurl made and hands out for sending and receiving raw bytes.
private final class TLSConnection {
    let easy: CurlEasy
    let multi: UnsafeMutableRawPointer
    private let endpoint: Endpoint
    private let options: DialOptions

    init(_ endpoint: Endpoint, _ options: DialOptions) throws(HTTPClientError) {
        self.endpoint = endpoint
        self.options = options
        easy = try CurlEasy()
        guard let multi = ccurl_multi_init() else { throw .system("cannot make a curl handle", 12) }
        self.multi = multi
        easy.setCommonOptions(connectTimeout: options.connectTimeout)
        easy.setTarget(endpoint, path: "/", socketPath: nil)
        easy.set(CURLOPT_CONNECT_ONLY, true)
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        if options.offersHTTP2, ccurl_offer_h2(easy.handle) != CURLE_OK {
            throw HTTPClientError(
                .libraryMissing,
                "this libcurl (\(String(cString: ccurl_version()))) can't offer HTTP/2 to \(endpoint): it isn't built on"
                    + " OpenSSL — install libcurl4"
            )
        }
        try easy.checkOptions()
        guard ccurl_multi_add(multi, easy.handle) == CURLM_OK else { throw .system("cannot make a curl handle", 12) }
    }

    deinit {
        ccurl_multi_remove(multi, easy.handle)
        ccurl_multi_cleanup(multi)
    }

    /// The connected TCP socket.
    var socket: Int32 {
        var socket: curl_socket_t = -1
        return ccurl_getinfo_socket(easy.handle, &socket) == CURLE_OK ? socket : -1
    }

    /// The protocol that the peer chose by ALPN.
    var negotiatedProtocol: String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = ccurl_alpn(&buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Connects and shakes hands, in as long as the options allow.
    func connect(isCancelled: () -> Bool) throws {
        while true {
            guard !isCancelled() else { throw CancellationError() }
            var running: Int32 = 0
            guard ccurl_multi_perform(multi, &running) == CURLM_OK else {
                throw HTTPClientError(.connectFailed, "libcurl failed — \(endpoint) — try again")
            }
            var result = CURLE_OK
            if ccurl_multi_next_done(multi, &result) != nil {
                guard result == CURLE_OK else {
                    throw easy.error(result, endpoint, connectTimeout: options.connectTimeout)
                }
                return
            }
            _ = ccurl_multi_poll(multi, 1000)
        }
    }
}
