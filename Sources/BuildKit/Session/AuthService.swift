import NIOCore

/// A user's name and password at a registry; the name is empty where the secret is an identity token.
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

/// `moby.filesync.v1.Auth`: tells the engine how to log in at the registries a build names.
///
/// Only `Credentials` is served. The engine finds the token methods missing from the session's list, and then fetches
/// tokens itself (moby/buildkit `session/auth/auth.go`).
package struct AuthService: SessionService {
    private let login: @Sendable (String) async throws -> RegistryLogin?

    /// Makes the service; `login` gets a registry's host and answers nil where the user has no login there.
    package init(login: @escaping @Sendable (String) async throws -> RegistryLogin?) {
        self.login = login
    }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.filesync.v1.Auth/Credentials": { call in
                guard let message = try await call.reader.next() else { return }
                let host = try message.decoded(WireCredentialsRequest.self).host
                var answer = WireCredentialsResponse()
                if let found = try await login(host) {
                    answer.username = found.username
                    answer.secret = found.secret
                }
                try await call.writer.send(answer)
            }
        ]
    }
}
