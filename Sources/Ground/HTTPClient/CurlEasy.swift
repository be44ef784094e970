import CaissonCCurl

/// One curl easy handle and the header lists that must live as long as it does; frees both.
///
/// It belongs to the thread that made it.
final class CurlEasy {
    let handle: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Why the first option that was refused was refused.
    private(set) var failure: CURLcode?

    init() throws(HTTPClientError) {
        guard let handle = ccurl_easy_init() else { throw .system("cannot make a curl handle", 12) }
        self.handle = handle
    }

    deinit {
        ccurl_easy_cleanup(handle)
        for list in lists { ccurl_slist_free_all(list) }
    }

    func set(_ option: CURLoption, _ value: Int) { note(ccurl_setopt_long(handle, option, value)) }
    func set(_ option: CURLoption, _ value: Bool) { note(ccurl_setopt_long(handle, option, value ? 1 : 0)) }
    func set(_ option: CURLoption, _ value: String) { note(ccurl_setopt_string(handle, option, value)) }
    func set(_ option: CURLoption, offset value: curl_off_t) { note(ccurl_setopt_offset(handle, option, value)) }
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        note(ccurl_setopt_pointer(handle, option, pointer))
    }
    func set(_ option: CURLoption, write callback: ccurl_write_callback) {
        note(ccurl_setopt_write(handle, option, callback))
    }
    func set(_ option: CURLoption, read callback: ccurl_read_callback) {
        note(ccurl_setopt_read(handle, option, callback))
    }

    /// Sets an option that is only an improvement, and that an older or newer libcurl may not know.
    func setIfKnown(_ option: CURLoption, _ value: Int) { _ = ccurl_setopt_long(handle, option, value) }

    func set(_ option: CURLoption, list values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            guard let longer = ccurl_slist_append(list, value) else { continue }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        note(ccurl_setopt_list(handle, option, list))
    }

    /// Sets a body that libcurl copies; its size must have been set before.
    func setCopy(_ bytes: [UInt8]) {
        // An empty array may have no address, and libcurl takes NULL as a request to call the read callback for the
        // body.
        let body = bytes.isEmpty ? [0] : bytes
        body.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            set(CURLOPT_COPYPOSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: base))
        }
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_getinfo_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ccurl_getinfo_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    /// Throws what the library refused while the options were set.
    func checkOptions() throws(HTTPClientError) {
        guard let failure else { return }
        throw HTTPClientError(
            .libraryMissing,
            "libcurl (\(String(cString: ccurl_version()))) refuses an option: \(curlMessage(failure)) — install libcurl4"
        )
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK, failure == nil { failure = code }
    }
}

/// libcurl's words for a result.
func curlMessage(_ code: CURLcode) -> String { String(cString: ccurl_strerror(code)) }

extension CurlEasy {
    /// What every use of libcurl has in common: the pinned protocols, no signals, the connect limit.
    func setCommonOptions(connectTimeout: Duration) {
        set(CURLOPT_NOSIGNAL, true)
        // Every libcurl.so.4 knows the bit mask; the value allows http and https alone.
        set(CURLOPT_PROTOCOLS, 3)
        set(CURLOPT_REDIR_PROTOCOLS, 3)
        set(CURLOPT_NETRC, false)
        let (whole, fraction) = connectTimeout.components
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(clamping: whole) &* 1000 &+ Int(fraction / 1_000_000_000_000_000)))
        // Without this, a name lookup that hangs would hold up the whole loop when its transfer is given up.
        setIfKnown(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_KEEPALIVE, true)
    }

    /// Sets the address to connect to and the URL that goes with it.
    func setTarget(_ endpoint: Endpoint, path: String, socketPath: String?) {
        switch endpoint {
        case .unix:
            if let socketPath { set(CURLOPT_UNIX_SOCKET_PATH, socketPath) }
            set(CURLOPT_PROXY, "")
            set(CURLOPT_URL, "http://localhost\(path)")
        case .tcp(let host, let port, .none):
            set(CURLOPT_URL, "http://\(Endpoint.bracketed(host)):\(port)\(path)")
        case .tcp(let host, let port, .some(let tls)):
            let name = Endpoint.bracketed(tls.serverName ?? host)
            set(CURLOPT_URL, "https://\(name):\(port)\(path)")
            if tls.serverName != nil { set(CURLOPT_CONNECT_TO, list: ["::\(Endpoint.bracketed(host)):\(port)"]) }
            setTLS(tls)
        }
    }

    private func setTLS(_ tls: TLSOptions) {
        set(CURLOPT_SSL_VERIFYPEER, tls.verify)
        set(CURLOPT_SSL_VERIFYHOST, tls.verify ? 2 : 0)
        set(CURLOPT_SSLVERSION, 6)  // CURL_SSLVERSION_TLSv1_2: what Go's peers start at
        if let file = tls.authorityFile { set(CURLOPT_CAINFO, file) }
        if let file = tls.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = tls.keyFile { set(CURLOPT_SSLKEY, file) }
    }

    /// The error that a result of libcurl means for this endpoint.
    func error(_ code: CURLcode, _ endpoint: Endpoint, connectTimeout: Duration) -> HTTPClientError {
        let number = Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO))
        let words = curlMessage(code)
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY:
            guard number != 0 else {
                return HTTPClientError(.connectFailed, "cannot connect: \(words) — \(endpoint) — check the address")
            }
            return .connect(number, endpoint)
        case CURLE_COULDNT_RESOLVE_HOST:
            return HTTPClientError(.cannotResolve, "cannot find the host — \(endpoint) — check its name")
        case CURLE_OPERATION_TIMEDOUT:
            return .connectTimedOut(endpoint, after: connectTimeout)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
            return HTTPClientError(
                .tls,
                "TLS failed: \(words)\(files(of: endpoint)) — \(endpoint) — check the certificates"
            )
        case CURLE_TOO_MANY_REDIRECTS:
            return HTTPClientError(
                .redirectRefused,
                "the peer redirects more than 5 times — \(endpoint) — check the address"
            )
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return .notHTTP(endpoint, words)
        default:
            return HTTPClientError(.connectionClosed, "the exchange broke off: \(words) — \(endpoint) — try again")
        }
    }

    /// The certificate files in use, for the message of a TLS failure.
    private func files(of endpoint: Endpoint) -> String {
        guard case .tcp(_, _, .some(let tls)) = endpoint else { return "" }
        let files = [tls.authorityFile, tls.certificateFile, tls.keyFile].compactMap { $0 }
        return files.isEmpty ? "" : " (with \(files.joined(separator: ", ")))"
    }
}
