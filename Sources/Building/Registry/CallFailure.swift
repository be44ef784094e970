import CaissonJSON
import CaissonBuildModel
import Glibc
import CaissonHTTPClient

/// Why a call to a registry failed: the network broke, or the registry gave another answer than the call accepts.
struct CallFailure: Error, Sendable {
    /// What happened.
    enum Kind: Sendable {
        case network(HTTPClientError)
        case answer(status: Int, said: String)
    }

    var kind: Kind
    /// How long the registry asks us to wait.
    var retryAfter: Duration?
    /// The ways to authenticate that it offers.
    var challenges: [Challenge] = []
    /// Whether credentials were sent.
    var usedCredentials = false
    /// The host that answered, or that didn't answer.
    var host: String

    init(_ error: HTTPClientError, host: String) {
        kind = .network(error)
        self.host = host
    }

    /// Reads the failure from the answer to a call.
    init(_ response: HTTPResponse, host: String) async throws {
        let body = try await response.body.start(upTo: 16 << 10)
        kind = .answer(status: response.status, said: Self.said(body))
        retryAfter = RetryAfter.parse(response.headers["Retry-After"], now: Int64(time(nil)))
        challenges = Challenge.parse(response.headers.all("WWW-Authenticate"))
        self.host = host
    }

    var status: Int? { if case .answer(let status, _) = kind { status } else { nil } }

    /// Whether another attempt may succeed.
    var isTransient: Bool {
        switch kind {
        case .network(let error): Self.isTransient(error.code)
        case .answer(let status, _): [408, 425, 429, 500, 502, 503, 504].contains(status)
        }
    }

    /// Whether the peer may not speak TLS.
    var suggestsPlain: Bool {
        guard case .network(let error) = kind else { return false }
        return [.tls, .notHTTP, .connectionClosed, .connectionRefused, .connectFailed].contains(error.code)
    }

    static func isTransient(_ code: HTTPClientError.Code) -> Bool {
        switch code {
        case .connectionRefused, .cannotResolve, .connectFailed, .connectTimedOut, .silence, .deadlineExceeded,
            .connectionClosed, .malformedResponse:
            true
        default: false
        }
    }

    /// What a registry says in the body of an error: `{"errors":[{"code":…,"message":…}]}`, or a short plain text.
    private static func said(_ body: [UInt8]) -> String {
        guard let json = try? JSON(parsing: body) else {
            let text = message(inBody: body)
            return text.contains("<") || text.utf8.count > 300 ? "" : text
        }
        let first = json["errors"]?.array?.first ?? json
        let words = [first["code"]?.string, first["message"]?.string ?? first["error_description"]?.string]
        let text = words.compactMap { $0 }.joined(separator: ": ")
        return message(inBody: Array(text.utf8.prefix(500)))
    }
}

extension CallFailure {
    /// The error for the user: what failed and what to do.
    func error(_ subject: String) -> RegistryError {
        switch kind {
        case .network(let error):
            let isLate = [.silence, .deadlineExceeded, .connectTimedOut].contains(error.code)
            // A certificate that isn't trusted is the only one of these failures with a remedy of its own.
            let advice: FieldMessage =
                error.code == .tls
                ? "; put its authority's certificate into /etc/docker/certs.d/\(host)/ca.crt,"
                    + " or do without with \(field: .insecureRegistries) \(host)"
                : ""
            return RegistryError(
                isLate ? .deadlineExceeded : .unreachable,
                "can't get through to the registry \(host) for \(subject): \(error.message)\(message: advice)"
            )
        case .answer(let status, let said):
            return error(subject, status, said.isEmpty ? "" : " (\(said))")
        }
    }

    private func error(_ subject: String, _ status: Int, _ said: String) -> RegistryError {
        switch status {
        case 401:
            let what =
                usedCredentials
                ? "doesn't accept the login that is stored" : "wants a login, and none is stored"
            let advice = "log in again with “docker login \(host)”"
            return RegistryError(.unauthorized, "the registry \(host) \(what), for \(subject)\(said); \(advice)")
        case 403:
            let advice = "ask its owner for access, or log in as someone else"
            return RegistryError(.denied, "the registry \(host) denies access to \(subject)\(said); \(advice)")
        case 404:
            return RegistryError(
                .notFound,
                "\(subject) doesn't exist in the registry \(host)\(said); check the name, and whether it needs a login"
            )
        case 429:
            let wait = retryAfter.map { "try again in \($0.components.seconds) s" } ?? "try again later"
            return RegistryError(
                .rateLimited,
                "the registry \(host) takes no more requests for now, for \(subject)\(said); \(wait), or log in"
            )
        case 500...599:
            return RegistryError(
                .server,
                "the registry \(host) failed with status \(status) for \(subject)\(said); try again later"
            )
        default:
            return RegistryError(
                .refused,
                "the registry \(host) answered status \(status) for \(subject)\(said); check its address and version"
            )
        }
    }
}
