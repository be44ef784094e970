import CaissonText
import CaissonJSON
import CaissonBuildModel
import FoundationEssentials
import CaissonHTTPClient

/// A request for a token.
package struct TokenRequest: Sendable, Hashable {
    /// The URL of the server that gives tokens.
    package var realm: String
    /// What the token is for: the name by which the registry calls itself.
    package var service: String
    /// What the token must allow, such as `repository:library/debian:pull`.
    package var scopes: [String]
    /// The registry whose credentials may be shown.
    package var host: String
    /// What we call ourselves.
    package var clientID = "caisson"
    /// Whether the login may go without TLS to a server on the registry's own host.
    package var trustsOwnHost = false

    /// Makes a request.
    package init(realm: String, service: String, scopes: [String], host: String) {
        self.realm = realm
        self.service = service
        self.scopes = scopes
        self.host = host
    }
}

/// A bearer token; no description of it contains its text.
package struct RegistryToken: Sendable, Hashable {
    /// The token itself.
    package var value: String
    /// For how many seconds it is valid.
    package var lifetime: Int64
    /// When it was made, in seconds since 1970; 0 when that isn't told.
    package var issuedAt: Int64
}

extension RegistryToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "RegistryToken(lifetime: \(lifetime))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["lifetime": lifetime]) }
}

/// Gets tokens from the servers that registries name (distribution's token and OAuth 2 protocols).
struct TokenFetcher: Sendable {
    let http: HTTPClient
    let options: RegistryOptions

    private static let bodyLimit = 1 << 20

    /// Gets a token: with an identity token by POST, with user and password by GET, without either anonymously.
    ///
    /// Credentials are sent only with TLS, or to a peer that is allowed to do without.
    func fetch(_ wanted: TokenRequest, _ credentials: Credentials?) async throws -> RegistryToken {
        guard let realm = Location(wanted.realm) else {
            let shown = wanted.realm.prefix { $0 != "?" }
            throw RegistryError(
                .malformed,
                "the registry \(wanted.host) names \(String(shown).quoted) as its token server, which is no URL"
            )
        }
        let isOwnHost = wanted.trustsOwnHost && Authority(wanted.host)?.host == realm.host
        let mayDoWithout = options.isInsecure(wanted.host) && options.isInsecure(realm.authority)
        let isSafe = realm.scheme == "https" || isOwnHost || mayDoWithout
        guard credentials == nil || isSafe else {
            throw RegistryError(
                .denied,
                "the registry \(wanted.host) wants its login sent to \(realm.authority) without TLS;"
                    + " if that is right, allow it with \(field: .insecureRegistries) \(realm.authority)"
            )
        }
        guard let credentials else { return try await get(wanted, realm, nil) }
        if credentials.isIdentityToken { return try await post(wanted, realm, credentials) }
        do {
            return try await get(wanted, realm, credentials)
        } catch let failure as RefusedToken where [404, 405].contains(failure.status) {
            return try await post(wanted, realm, credentials)
        }
    }

    /// The server gives no token by this method.
    private struct RefusedToken: Error, CustomStringConvertible {
        var status: Int
        var error: RegistryError
        var description: String { error.message }
    }

    private func get(
        _ wanted: TokenRequest,
        _ realm: Location,
        _ credentials: Credentials?
    ) async throws
        -> RegistryToken
    {
        var parameters = wanted.service.isEmpty ? [] : [("service", wanted.service)]
        parameters += wanted.scopes.map { ("scope", $0) }
        if let credentials { parameters.append(("account", credentials.username)) }
        var request = try request("GET", realm, realm.adding(parameters))
        if let credentials { request.headers.append("Authorization", credentials.basic) }
        return try await answer(to: request, wanted, realm)
    }

    private func post(
        _ wanted: TokenRequest,
        _ realm: Location,
        _ credentials: Credentials
    ) async throws
        -> RegistryToken
    {
        var form = [("service", wanted.service), ("client_id", wanted.clientID)]
        form.append(("scope", wanted.scopes.joined(separator: " ")))
        if credentials.isIdentityToken {
            form += [("grant_type", "refresh_token"), ("refresh_token", credentials.secret)]
        } else {
            form += [("grant_type", "password"), ("username", credentials.username), ("password", credentials.secret)]
        }
        var request = try request("POST", realm, realm.target)
        request.headers.append("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        request.body = .bytes(Array(form.map { "\($0.0)=\(Location.escaped($0.1))" }.joined(separator: "&").utf8))
        do {
            return try await answer(to: request, wanted, realm)
        } catch let failure as RefusedToken {
            throw failure.error
        }
    }

    private func request(_ method: String, _ realm: Location, _ target: String) throws -> HTTPRequest {
        var tls: TLSOptions?
        if realm.scheme == "https" {
            var found = try CertificateFolder.options(for: realm.authority, in: options.certificateFolders)
            found.verify = !options.isInsecure(realm.authority)
            tls = found
        }
        var request = HTTPRequest(method, .tcp(host: realm.host, port: realm.port, tls: tls), target)
        request.timeouts = HTTPTimeouts(connect: options.connectLimit, silence: options.silenceLimit)
        request.proxy = options.proxies.proxy(isTLS: tls != nil, host: realm.host, port: realm.port)
        return request
    }

    private func answer(
        to request: HTTPRequest,
        _ wanted: TokenRequest,
        _ realm: Location
    ) async throws -> RegistryToken {
        var retry = 0
        while true {
            switch try await attempt(request, wanted, realm) {
            case .success(let token): return token
            case .failure(let failure):
                retry += 1
                guard let wait = wait(after: failure, retry) else { throw refusal(failure, request, wanted, realm) }
                try await Task.sleep(for: wait)
            }
        }
    }

    private func attempt(
        _ request: HTTPRequest,
        _ wanted: TokenRequest,
        _ realm: Location
    ) async throws -> Result<RegistryToken, CallFailure> {
        do {
            return try await http.withResponse(to: request) { response in
                guard response.status == 200 else { throw try await CallFailure(response, host: wanted.host) }
                return .success(try Self.token(in: try await response.body.collect(upTo: Self.bodyLimit), realm))
            }
        } catch let error as HTTPClientError {
            return .failure(CallFailure(error, host: wanted.host))
        } catch let refused as CallFailure {
            return .failure(refused)
        }
    }

    // These are functions of their own and not inlined, because the optimizer of Swift 6.3 fails on their code in a
    // loop.
    @inline(never) private func wait(after failure: CallFailure, _ retry: Int) -> Duration? {
        failure.isTransient ? options.retry.wait(before: retry, asked: failure.retryAfter) : nil
    }

    @inline(never) private func refusal(
        _ failure: CallFailure,
        _ request: HTTPRequest,
        _ wanted: TokenRequest,
        _ realm: Location
    ) -> any Error {
        let status = failure.status
        var told = failure
        told.usedCredentials = request.headers["Authorization"] != nil || request.method == "POST"
        let error = told.error("a token of \(realm.authority) for \(wanted.scopes.joined(separator: " "))")
        guard let status else { return error }
        return RefusedToken(status: status, error: error)
    }

    /// The token in a server's answer; as the protocol says, its lifetime is a minute unless the answer tells another.
    private static func token(in body: [UInt8], _ realm: Location) throws(RegistryError) -> RegistryToken {
        let json = try? JSON(parsing: body)
        let texts = [json?["token"]?.string, json?["access_token"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
        guard let value = texts.first, value.utf8.count <= 64 << 10, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw RegistryError(
                .malformed,
                "the token server \(realm.authority) answered without a token; try again, or log in"
            )
        }
        let lifetime = json?["expires_in"]?.integer ?? 60
        let issued = json?["issued_at"]?.string.flatMap { try? Date($0, strategy: .iso8601) }
        let seconds = issued.map { Int64(max(0, min($0.timeIntervalSince1970, 1e11))) } ?? 0
        return RegistryToken(value: value, lifetime: max(60, min(lifetime, 86_400)), issuedAt: seconds)
    }
}

extension TokenFetcher {
    /// Gets a token, and turns a refusal of the server into a registry's error.
    func token(_ wanted: TokenRequest, _ credentials: Credentials?) async throws -> RegistryToken {
        do {
            return try await fetch(wanted, credentials)
        } catch let refused as RefusedToken {
            throw refused.error
        }
    }
}

extension Credentials {
    /// The value of the `Authorization` header with user and password.
    var basic: String { "Basic " + Data("\(username):\(secret)".utf8).base64EncodedString() }
}
