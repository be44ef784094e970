/// What proves to a registry who we are.
///
/// No text that this type makes of itself contains the secret.
package struct Credentials: Sendable, Hashable {
    /// The user's name; empty with an identity token.
    package var username: String
    /// The password, or the identity token.
    package var secret: String
    /// Whether the secret is an identity token (an OAuth refresh token) instead of a password.
    package var isIdentityToken: Bool

    /// A user and password.
    package init(username: String, password: String) {
        self.username = username
        self.secret = password
        self.isIdentityToken = false
    }

    /// An identity token.
    package init(identityToken: String) {
        self.username = ""
        self.secret = identityToken
        self.isIdentityToken = true
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of credentials, without their values.
    package var description: String {
        isIdentityToken ? "Credentials(identity token)" : "Credentials(user and password)"
    }

    /// The same as `description`.
    package var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
