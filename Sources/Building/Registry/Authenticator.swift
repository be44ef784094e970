import CaissonText
import CaissonBuildModel
import CaissonHTTPClient
import Synchronization

/// Knows how each registry wants us to authenticate, and keeps its tokens while they are valid.
final class Authenticator: Sendable {
    private enum Scheme: Sendable {
        case basic(header: String)
        case bearer(realm: String, service: String)
    }

    private struct Known: Sendable {
        var scheme: Scheme
        var tokens: [[String]: (header: String, until: ContinuousClock.Instant)] = [:]
        var hasCredentials: Bool
    }

    private let options: RegistryOptions
    private let tokens: TokenFetcher
    private let known = Mutex<[String: Known]>([:])

    init(http: HTTPClient, options: RegistryOptions) {
        self.options = options
        tokens = TokenFetcher(http: http, options: options)
    }

    /// Whether credentials were sent to a registry.
    func hasCredentials(_ base: RegistryBase) -> Bool { known.withLock { $0[base.name]?.hasCredentials ?? false } }

    /// The header for a registry that was asked before; nil for one that wasn't.
    func header(for base: RegistryBase, scopes: [String]) async throws -> String? {
        guard let known = known.withLock({ $0[base.name] }) else { return nil }
        switch known.scheme {
        case .basic(let header): return header
        case .bearer(let realm, let service):
            if let token = known.tokens[scopes], token.until > .now { return token.header }
            return try await fetch(realm, service, scopes, scopes, base)
        }
    }

    /// The header that answers these challenges of a registry; nil when there is nothing new to try.
    func answer(
        _ challenges: [Challenge],
        of base: RegistryBase,
        scopes: [String],
        sent: String?
    ) async throws
        -> String?
    {
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
            let asked = (bearer.parameters["scope"] ?? "").pieces(at: " ").filter { !$0.isEmpty }.prefix(16)
            let all = Set(scopes).union(asked).sorted()
            let service = bearer.parameters["service"] ?? ""
            let header = try await fetch(realm, service, all, scopes, base)
            return header == sent ? nil : header
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else { return nil }
        guard base.isTLS || base.allowsPlain else { return nil }
        let found = try await options.credentials.credentials(for: base.name)
        guard let found, !found.isIdentityToken else { return nil }
        let header = found.basic
        known.withLock { $0[base.name] = Known(scheme: .basic(header: header), hasCredentials: true) }
        return header == sent ? nil : header
    }

    private func fetch(
        _ realm: String,
        _ service: String,
        _ scopes: [String],
        _ key: [String],
        _ base: RegistryBase
    ) async throws -> String {
        let credentials = try await options.credentials.credentials(for: base.name)
        let wanted = TokenRequest(realm: realm, service: service, scopes: scopes, host: base.name)
        let token = try await tokens.token(wanted, credentials)
        let header = "Bearer " + token.value
        // Only the token's lifetime counts, without its last tenth, so that a clock that differs from the server's
        // doesn't matter.
        let until = ContinuousClock.now.advanced(by: .seconds(token.lifetime) * 9 / 10)
        known.withLock { known in
            var entry =
                known[base.name] ?? Known(scheme: .bearer(realm: realm, service: service), hasCredentials: false)
            entry.scheme = .bearer(realm: realm, service: service)
            entry.hasCredentials = credentials != nil
            if entry.tokens.count >= 256 { entry.tokens.removeAll() }
            entry.tokens[key] = (header, until)
            known[base.name] = entry
        }
        return header
    }
}
