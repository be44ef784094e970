/// What a request sends after its head.
package enum HTTPRequestBody: Sendable {
    /// Nothing.
    case none
    /// These bytes.
    case bytes([UInt8])
    /// The bytes that the closure writes while they are sent, chunked where the length isn't known.
    case stream(length: Int64?, @Sendable (HTTPBodyWriter) async throws -> Void)

    /// A body from a sequence of chunks.
    package static func chunks<S: AsyncSequence & Sendable>(
        length: Int64? = nil,
        _ chunks: S
    ) -> HTTPRequestBody where S.Element == [UInt8] {
        .stream(length: length) { writer in
            for try await chunk in chunks { try await writer.write(chunk) }
        }
    }
}

/// How long the parts of a request may take.
package struct HTTPTimeouts: Sendable, Hashable {
    /// Name lookup, connect and TLS handshake.
    package var connect: Duration
    /// The longest time without a byte in either direction while the peer has to act; nil for no limit.
    package var silence: Duration?
    /// The whole exchange; nil for no limit.
    package var total: Duration?

    /// Makes limits; 10 s to connect and 60 s of silence by default.
    package init(connect: Duration = .seconds(10), silence: Duration? = .seconds(60), total: Duration? = nil) {
        self.connect = connect
        self.silence = silence
        self.total = total
    }
}

/// One HTTP request.
package struct HTTPRequest: Sendable {
    /// The method.
    package var method: String
    /// The peer.
    package var endpoint: Endpoint
    /// Path and query, percent-encoded, from the first `/` on.
    package var target: String
    /// The header fields, without those that HTTP itself needs.
    package var headers: HTTPHeaders
    /// The body.
    package var body: HTTPRequestBody
    /// The limits.
    package var timeouts: HTTPTimeouts
    /// Whether up to 5 redirects to http or https are followed.
    package var followsRedirects: Bool
    /// The proxy to go through, empty for none; nil to let libcurl read it from the environment.
    package var proxy: String?

    /// Makes a request to a path of an endpoint.
    package init(_ method: String, _ endpoint: Endpoint, _ target: String, headers: HTTPHeaders = HTTPHeaders()) {
        self.method = method
        self.endpoint = endpoint
        self.target = target
        self.headers = headers
        body = .none
        timeouts = HTTPTimeouts()
        followsRedirects = false
    }

    /// Makes a request to an `http://` or `https://` URL.
    package init(
        _ method: String,
        url: String,
        tls: TLSOptions? = nil,
        headers: HTTPHeaders = HTTPHeaders()
    ) throws(HTTPClientError) {
        let (scheme, rest) = try Endpoint.splitScheme(url)
        guard scheme == "http" || scheme == "https" else { throw Endpoint.unsupported(url, scheme) }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "#" }
        let endpoint = try Endpoint(parsing: "\(scheme)://\(authority)", tls: tls)
        self.init(method, endpoint, path.hasPrefix("/") ? String(path) : "/\(path)", headers: headers)
    }

    /// Throws when the request can't be sent as it is written.
    func validate() throws(HTTPClientError) {
        guard !method.isEmpty, method.utf8.allSatisfy(isTokenByte) else {
            throw .init(.invalidRequest, "“\(method)” is no HTTP method")
        }
        try validateTarget(target)
        try headers.validate()
    }
}
