import CaissonCCurl
import Synchronization

/// A transfer that runs on the loop's thread: its curl handle, and the limits that are watched here.
final class ActiveTransfer {
    let transfer: Transfer
    let easy: CurlEasy
    private let socketPath: ShortSocketPath?
    private let started = ContinuousClock.now
    private var lastActivity = ContinuousClock.now
    private var bytes: Int64 = 0
    /// When to try again to connect to a listener whose queue was full.
    private var nextAttempt: ContinuousClock.Instant?

    init(_ transfer: Transfer) throws(HTTPClientError) {
        self.transfer = transfer
        easy = try CurlEasy()
        if case .unix(let path) = transfer.request.endpoint {
            let short = try ShortSocketPath(path, transfer.request.endpoint)
            let (name, isTemporary) = (short.path, short.isTemporary)
            socketPath = consume short
            try configure(socketPath: name, isTemporary: isTemporary)
        } else {
            socketPath = nil
            try configure(socketPath: nil, isTemporary: false)
        }
    }

    /// Goes on with what was paused in either direction.
    func resume() {
        lastActivity = .now
        _ = ccurl_easy_pause(easy.handle, CURLPAUSE_CONT)
    }

    /// The error when a limit has passed; if none has, `next` becomes the moment of the next limit if that is sooner.
    func overLimit(at now: ContinuousClock.Instant, next: inout ContinuousClock.Instant) -> HTTPClientError? {
        let request = transfer.request
        if let total = request.timeouts.total {
            guard started.advanced(by: total) > now else {
                return HTTPClientError(
                    .deadlineExceeded,
                    "\(request.method) \(request.target) took longer than \(seconds(total)) — \(request.endpoint)"
                )
            }
            next = min(next, started.advanced(by: total))
        }
        guard let silence = request.timeouts.silence else { return nil }
        noteActivity(now)
        guard lastActivity.advanced(by: silence) > now else {
            return HTTPClientError(
                .silence,
                "no byte moved for \(seconds(silence)) — \(request.endpoint) — check that the peer isn't stuck"
            )
        }
        next = min(next, lastActivity.advanced(by: silence))
        return nil
    }

    /// Whether the result means that a Unix listener's queue is full; connecting is then tried again a little later.
    ///
    /// Such a socket refuses at once with EAGAIN. libcurl takes that for a connection under way, and then finds that it
    /// failed without an errno. Nothing was sent yet, so another attempt is safe.
    func postpones(_ code: CURLcode, at now: ContinuousClock.Instant) -> Bool {
        guard code == CURLE_COULDNT_CONNECT, case .unix = transfer.request.endpoint,
            easy.long(CURLINFO_OS_ERRNO) == 0, started.advanced(by: transfer.request.timeouts.connect) > now
        else { return false }
        nextAttempt = now.advanced(by: .milliseconds(10))
        return true
    }

    /// Whether it is time to connect again; if not yet, `next` becomes that time if it is sooner.
    func isDue(at now: ContinuousClock.Instant, next: inout ContinuousClock.Instant) -> Bool {
        guard let attempt = nextAttempt else { return false }
        guard attempt <= now else {
            next = min(next, attempt)
            return false
        }
        nextAttempt = nil
        return true
    }

    private func noteActivity(_ now: ContinuousClock.Instant) {
        let moved =
            easy.offset(CURLINFO_SIZE_UPLOAD_T) &+ easy.offset(CURLINFO_SIZE_DOWNLOAD_T)
            &+ Int64(easy.long(CURLINFO_HEADER_SIZE)) &+ Int64(easy.long(CURLINFO_REQUEST_SIZE))
        // Until the connection stands, the limit for connecting applies.
        let isConnecting = easy.offset(CURLINFO_PRETRANSFER_TIME_T) == 0
        if moved != bytes || isConnecting || transfer.waitsForUs { lastActivity = now }
        bytes = moved
    }

    /// The error that libcurl's result means here.
    func error(_ code: CURLcode) -> HTTPClientError {
        let request = transfer.request
        if code == CURLE_UNSUPPORTED_PROTOCOL, transfer.state.withLock({ $0.heads.isRedirect }) {
            return HTTPClientError(
                .redirectRefused,
                "the peer redirects to something other than http or https — \(request.endpoint) — check the address"
            )
        }
        return easy.error(code, request.endpoint, connectTimeout: request.timeouts.connect)
    }

    private func configure(socketPath: String?, isTemporary: Bool) throws(HTTPClientError) {
        let request = transfer.request
        easy.setCommonOptions(connectTimeout: request.timeouts.connect)
        easy.setTarget(request.endpoint, path: request.target, socketPath: socketPath)
        if let proxy = request.proxy, socketPath == nil { easy.set(CURLOPT_PROXY, proxy) }
        // A path that names a descriptor's number means another file in the next request: never share its connection.
        easy.set(CURLOPT_FRESH_CONNECT, isTemporary)
        easy.set(CURLOPT_FORBID_REUSE, isTemporary)
        easy.set(CURLOPT_PATH_AS_IS, true)
        // With HTTP/2 libcurl would buffer up to a whole window of a paused stream; HTTP/1.1 keeps memory bounded.
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        easy.set(CURLOPT_FOLLOWLOCATION, request.followsRedirects)
        easy.set(CURLOPT_MAXREDIRS, 5)
        easy.set(CURLOPT_BUFFERSIZE, 128 << 10)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        easy.set(CURLOPT_WRITEFUNCTION, write: TransferCallbacks.write)
        easy.set(CURLOPT_WRITEDATA, pointer: context)
        easy.set(CURLOPT_HEADERFUNCTION, write: TransferCallbacks.header)
        easy.set(CURLOPT_HEADERDATA, pointer: context)
        easy.set(CURLOPT_READFUNCTION, read: TransferCallbacks.read)
        easy.set(CURLOPT_READDATA, pointer: context)
        let isChunked = setBody(request)
        easy.set(CURLOPT_HTTPHEADER, list: headerLines(request, isChunked: isChunked))
        try easy.checkOptions()
    }

    /// Sets the method and the body; true when the header of a chunked body must be written by hand.
    private func setBody(_ request: HTTPRequest) -> Bool {
        var isChunked = false
        var implied = request.method
        switch request.body {
        case .none where request.method == "HEAD": easy.set(CURLOPT_NOBODY, true)
        case .none where ["POST", "PUT", "PATCH"].contains(request.method): implied = setBytes([])
        case .none:
            easy.set(CURLOPT_HTTPGET, true)
            implied = "GET"
        case .bytes(let bytes): implied = setBytes(bytes)
        case .stream(let length, _):
            easy.set(CURLOPT_POST, true)
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: curl_off_t(length ?? -1))
            implied = "POST"
            isChunked = length == nil
            setUploadBuffer()
        }
        // A method that is set explicitly survives redirects, so it is set only where libcurl wouldn't send it anyway.
        if implied != request.method { easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
        return isChunked
    }

    private func setBytes(_ bytes: [UInt8]) -> String {
        easy.set(CURLOPT_POST, true)
        easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: curl_off_t(bytes.count))
        easy.setCopy(bytes)
        return "POST"
    }

    private func setUploadBuffer() { easy.setIfKnown(CURLOPT_UPLOAD_BUFFERSIZE, 128 << 10) }

    private func headerLines(_ request: HTTPRequest, isChunked: Bool) -> [String] {
        // libcurl writes an empty value as "Name;", while "Name:" removes a header that it would add itself.
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        lines.append("Expect:")
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        if request.headers["User-Agent"] == nil { lines.append("User-Agent: caisson") }
        if isChunked { lines.append("Transfer-Encoding: chunked") }
        return lines
    }
}
