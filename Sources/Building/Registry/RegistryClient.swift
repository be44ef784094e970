import CaissonText
import CaissonBuildModel
import CaissonHTTPClient
import Synchronization

/// Runs the closure with a client for registries, whose connections are gone when this returns.
package func withRegistryClient<R: Sendable>(
    _ options: RegistryOptions,
    _ body: (RegistryClient) async throws -> R
) async throws -> R {
    try await withHTTPClient { http in try await body(RegistryClient(http: http, options: options)) }
}

/// Speaks to registries by the OCI distribution protocol.
///
/// ```
/// call ─▶ mirrors, then the registry ─▶ TLS, or plain where allowed ─▶ token or password on 401 ─▶ redirects
///   ▲                                                                                                │
///   └──────────────── network failures, 429, 5xx: again after a while ◀───────────────────────────────┘
/// ```
/// Credentials are sent only to the registry itself, and only with TLS or if the registry may be used without.
package final class RegistryClient: Sendable {
    /// What the client was told about its surroundings.
    package let options: RegistryOptions
    private let http: HTTPClient
    private let authenticator: Authenticator
    private let bases = Mutex<[String: [RegistryBase]]>([:])

    init(http: HTTPClient, options: RegistryOptions) {
        self.http = http
        self.options = options
        authenticator = Authenticator(http: http, options: options)
    }

    /// Gets a token for an engine that was told where to get it, but can't reach that place or has no credentials.
    package func token(_ wanted: TokenRequest) async throws -> RegistryToken {
        let credentials = try await options.credentials.credentials(for: wanted.host)
        return try await TokenFetcher(http: http, options: options).token(wanted, credentials)
    }

    /// Makes a call and runs the closure with its answer; network failures are tried again.
    func withAnswer<R: Sendable>(
        to call: RegistryCall,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> R {
        if let answer = try await answerOfMirror(to: call, body) { return answer }
        var retry = 0
        while true {
            do {
                return try await attempt(call, body)
            } catch let failure as CallFailure {
                retry += 1
                let wait = options.retry.wait(before: retry, asked: failure.retryAfter)
                guard call.isRepeatable, failure.isTransient, let wait else { throw failure.error(call.subject) }
                options.notice("\(message: failure.error(call.subject).wording) — trying again")
                try await Task.sleep(for: wait)
            }
        }
    }

    /// The answer of the first mirror that works; nil if none does, or if mirrors don't serve this call.
    private func answerOfMirror<R: Sendable>(
        to call: RegistryCall,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> R? {
        guard case .pull = call.access, call.location == nil else { return nil }
        for mirror in options.mirrors[call.repository.host] ?? [] {
            do {
                let route = try route(to: mirror) { () throws(RegistryError) in
                    try RegistryBase.all(ofMirror: mirror, options)
                }
                return try await once(call, route, body)
            } catch let failure as CallFailure {
                options.notice("\(message: failure.error(call.subject).wording); going on without the mirror \(mirror)")
            }
        }
        return nil
    }

    /// Makes a call once; a failure is thrown as a `CallFailure`, for callers that know how to go on.
    func attempt<R: Sendable>(
        _ call: RegistryCall,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws
        -> R
    {
        let host = call.repository.host
        let route = try route(to: host) { () throws(RegistryError) in try RegistryBase.all(of: host, options) }
        return try await once(call, route, body)
    }

    /// Makes a call whose answer is needed only for its head and a small body.
    func answer(to call: RegistryCall, upTo limit: Int = 64 << 10) async throws -> CollectedAnswer {
        try await withAnswer(to: call) { response, request in
            try await CollectedAnswer(response, request, limit: limit)
        }
    }
}

/// An answer with its whole body.
struct CollectedAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// The request that was answered.
    var request: HTTPRequest

    init(_ response: HTTPResponse, _ request: HTTPRequest, limit: Int = 64 << 10) async throws {
        status = response.status
        headers = response.headers
        body = try await response.body.collect(upTo: limit)
        self.request = request
    }
}

extension RegistryClient {
    /// The ways to reach a host: the one that worked before, otherwise all that there are.
    private func route(
        to name: String,
        _ make: () throws(RegistryError) -> [RegistryBase]
    ) throws(RegistryError) -> [RegistryBase] {
        if let known = bases.withLock({ $0[name] }) { return known }
        let made = try make()
        bases.withLock { $0[name] = made }
        return made
    }

    private func once<R: Sendable>(
        _ call: RegistryCall,
        _ route: [RegistryBase],
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> R {
        for (index, base) in route.enumerated() {
            do {
                return try await authenticated(call, base, body)
            } catch let failure as CallFailure where failure.suggestsPlain && index + 1 < route.count {
                // The peer doesn't speak TLS; whether it speaks HTTP without TLS is tried next.
                continue
            }
        }
        throw RegistryError(.invalid, "there is no way to the registry \(call.repository.host)")
    }

    private func authenticated<R: Sendable>(
        _ call: RegistryCall,
        _ base: RegistryBase,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> R {
        let header = try await authenticator.header(for: base, scopes: call.scopes)
        do {
            return try await exchanged(call, base, header, body)
        } catch let failure as CallFailure where failure.status == 401 {
            var failure = failure
            let renewed = try await authenticator.answer(
                failure.challenges,
                of: base,
                scopes: call.scopes,
                sent: header
            )
            failure.usedCredentials = authenticator.hasCredentials(base)
            guard let renewed else { throw failure }
            do {
                return try await exchanged(call, base, renewed, body)
            } catch var failure as CallFailure {
                failure.usedCredentials = authenticator.hasCredentials(base)
                throw failure
            }
        }
    }

    /// Sends the request, follows redirects of reads, and runs the closure with the answer.
    private func exchanged<R: Sendable>(
        _ call: RegistryCall,
        _ base: RegistryBase,
        _ authorization: String?,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> R {
        var request = try first(call, base, authorization)
        for _ in 0...5 {
            switch try await outcome(of: request, call, base, body) {
            case .value(let value):
                settle(base, call)
                return value
            case .refused(let failure):
                settle(base, call)
                throw failure
            case .redirect(let target): request = try redirected(request, to: target, call, base, authorization)
            }
        }
        throw RegistryError(.refused, "the registry \(base.name) redirects more than 5 times for \(call.subject)")
    }

    /// Sends one request, and runs the closure if the answer is one that the call accepts.
    private func outcome<R: Sendable>(
        of request: HTTPRequest,
        _ call: RegistryCall,
        _ base: RegistryBase,
        _ body: (HTTPResponse, HTTPRequest) async throws -> R
    ) async throws -> Outcome<R> {
        do {
            return try await http.withResponse(to: request) { response in
                if call.accepted.contains(response.status) { return .value(try await body(response, request)) }
                let isRead = call.method == "GET" || call.method == "HEAD"
                if isRead, [301, 302, 303, 307, 308].contains(response.status) {
                    return .redirect(response.headers["Location"] ?? "")
                }
                return .refused(try await CallFailure(response, host: base.name))
            }
        } catch let error as HTTPClientError {
            throw CallFailure(error, host: base.name)
        }
    }

    private enum Outcome<R: Sendable>: Sendable {
        case value(R)
        case refused(CallFailure)
        case redirect(String)
    }

    /// Remembers the way on which an answer came, to use it from now on.
    private func settle(_ base: RegistryBase, _ call: RegistryCall) {
        guard base.name == call.repository.host else { return }
        bases.withLock { $0[base.name] = [base] }
    }

    private func first(_ call: RegistryCall, _ base: RegistryBase, _ authorization: String?) throws -> HTTPRequest {
        var headers = call.headers
        var request = HTTPRequest(call.method, base.endpoint, call.target(at: base))
        if let location = call.location {
            request = try self.request(call.method, to: location, call, base)
            // An upload may be sent to another host, which must not see our credentials.
            if let authorization, location.isAt(base.endpoint) { headers.append("Authorization", authorization) }
        } else if let authorization {
            headers.append("Authorization", authorization)
        }
        request.headers = headers
        request.body = call.body
        request.timeouts = HTTPTimeouts(connect: options.connectLimit, silence: options.silenceLimit)
        if case .tcp(let host, let port, let tls) = request.endpoint {
            request.proxy = options.proxies.proxy(isTLS: tls != nil, host: host, port: port)
        }
        return request
    }

    private func redirected(
        _ sent: HTTPRequest,
        to target: String,
        _ call: RegistryCall,
        _ base: RegistryBase,
        _ authorization: String?
    ) throws -> HTTPRequest {
        guard let location = Location(target, from: sent) else {
            throw RegistryError(
                .malformed,
                "the registry \(base.name) redirects to \(target.quoted) for \(call.subject), which is no URL"
            )
        }
        var next = call
        next.location = location
        return try first(next, base, authorization)
    }

    private func request(
        _ method: String,
        to location: Location,
        _ call: RegistryCall,
        _ base: RegistryBase
    ) throws
        -> HTTPRequest
    {
        if location.isAt(base.endpoint) { return HTTPRequest(method, base.endpoint, location.target) }
        guard location.scheme == "https" || base.allowsPlain || !base.isTLS else {
            throw RegistryError(
                .refused,
                "the registry \(base.name) sends us to \(location.authority) without TLS for \(call.subject);"
                    + " if that is right, allow it with \(field: .insecureRegistries) \(base.name)"
            )
        }
        var tls: TLSOptions?
        if location.scheme == "https" {
            var found = try CertificateFolder.options(for: location.authority, in: options.certificateFolders)
            found.verify = !options.isInsecure(location.authority)
            tls = found
        }
        return HTTPRequest(method, .tcp(host: location.host, port: location.port, tls: tls), location.target)
    }
}
