import FoundationEssentials
import NIOCore

/// A user's name and password at a registry; the name is empty when the secret is an identity token.
package struct RegistryLogin: Sendable {
    /// The user's name.
    package var username: String
    /// The password or token.
    package var secret: String

    /// Makes a login.
    package init(username: String, secret: String) {
        self.username = username
        self.secret = secret
    }
}

extension RegistryLogin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "RegistryLogin(username: \(username), secret: redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["username": username]) }
}

/// What an engine wants a token for.
package struct TokenQuestion: Sendable, Hashable {
    /// What the engine calls itself.
    package var clientID: String
    /// The registry.
    package var host: String
    /// The URL of the registry's token server.
    package var realm: String
    /// The registry's name at that server.
    package var service: String
    /// What the token must allow.
    package var scopes: [String]
}

/// A token for an engine.
package struct TokenAnswer: Sendable {
    /// The token.
    package var token: String
    /// For how many seconds it is valid.
    package var lifetime: Int64
    /// When it was made, in seconds since 1970; 0 when that isn't known.
    package var issuedAt: Int64

    /// Makes an answer.
    package init(token: String, lifetime: Int64, issuedAt: Int64) {
        self.token = token
        self.lifetime = lifetime
        self.issuedAt = issuedAt
    }
}

extension TokenAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "TokenAnswer(token: redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["lifetime": lifetime]) }
}

/// `moby.filesync.v1.Auth`: tells the engine how to log in at the registries a build names.
///
/// ```
/// registry: 401 Bearer ─▶ engine: GetTokenAuthority ─▶ a key: ask me     ─▶ FetchToken ─▶ the token server, from here
///                                                   ─▶ no such method    ─▶ Credentials ─▶ the token server, from there
/// ```
/// So the engine need not reach the token server, and never sees a password where a token is enough (moby/buildkit
/// `util/resolver/authorizer.go`). Without `token` the methods are missing from the session's list, and the engine gets
/// its tokens itself. `VerifyTokenAuthority` is never served: with it an engine would share the tokens of one session
/// with others that prove to be the same user, but each session is to have its own.
package struct AuthService: SessionService {
    private let login: @Sendable (String) async throws -> RegistryLogin?
    private let token: (@Sendable (TokenQuestion) async throws -> TokenAnswer)?
    /// A key in the form that the engine wants; nobody can sign with it.
    private let authority: [UInt8]

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - login: Called with a registry's host; returns nil where the user has no login there.
    ///   - token: Gets tokens; nil to leave that to the engine.
    package init(
        login: @escaping @Sendable (String) async throws -> RegistryLogin?,
        token: (@Sendable (TokenQuestion) async throws -> TokenAnswer)? = nil
    ) {
        self.login = login
        self.token = token
        var generator = SystemRandomNumberGenerator()
        authority = (0..<4).flatMap { _ in
            let word = UInt64.random(in: .min ... .max, using: &generator)
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    /// Asks a helper program or a server away from the thread of the connections.
    private static func asking<Answer: Sendable>(
        _ question: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try await question() }
    }

    package var handlers: [String: SessionHandler] {
        var handlers: [String: SessionHandler] = [
            "/moby.filesync.v1.Auth/Credentials": { call in
                guard let message = try await call.reader.next() else { return }
                let host = try message.decoded(WireCredentialsRequest.self).host
                var answer = WireCredentialsResponse()
                if let found = try await Self.asking({ try await login(host) }) {
                    answer.username = found.username
                    answer.secret = found.secret
                }
                try await call.writer.send(answer)
            }
        ]
        guard let token else { return handlers }
        handlers["/moby.filesync.v1.Auth/GetTokenAuthority"] = { call in
            guard try await call.reader.next() != nil else { return }
            var answer = WireGetTokenAuthorityResponse()
            answer.publicKey = Data(authority)
            try await call.writer.send(answer)
        }
        handlers["/moby.filesync.v1.Auth/FetchToken"] = { call in
            guard let message = try await call.reader.next() else { return }
            let wire = try message.decoded(WireFetchTokenRequest.self)
            let question = TokenQuestion(
                clientID: wire.clientID,
                host: wire.host,
                realm: wire.realm,
                service: wire.service,
                scopes: wire.scopes
            )
            let found = try await Self.asking { try await token(question) }
            var answer = WireFetchTokenResponse()
            answer.token = found.token
            answer.expiresIn = found.lifetime
            answer.issuedAt = found.issuedAt
            try await call.writer.send(answer)
        }
        return handlers
    }
}
