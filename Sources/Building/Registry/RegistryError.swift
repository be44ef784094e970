package import CaissonBuildModel

/// Why a call to a registry, or something that it needs, such as credentials, failed.
package struct RegistryError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// A configuration file is unreadable or not what it should be.
        case configuration
        /// A credential helper is missing, failed or answered nonsense.
        case helper
        /// A helper took longer than it may.
        case deadlineExceeded
        /// The operating system refused something.
        case system
        /// The input is wrong: what was asked for can't be done.
        case invalid
        /// The registry can't be reached or broke off.
        case unreachable
        /// The registry asks for credentials, or rejects ours.
        case unauthorized
        /// The registry doesn't permit it.
        case denied
        /// There is no such thing in the registry.
        case notFound
        /// The registry is asked too often.
        case rateLimited
        /// The registry failed.
        case server
        /// The registry refused for another reason.
        case refused
        /// The registry's answer isn't valid.
        case malformed
        /// The content doesn't have its digest.
        case digestMismatch
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do, with the fields of the request that it names; never holds a secret.
    package var wording: FieldMessage

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.init(code, FieldMessage(message))
    }

    /// Makes an error whose message names fields of the request.
    package init(_ code: Code, _ wording: FieldMessage) {
        self.code = code
        self.wording = wording
    }

    /// The message with the fields' own names.
    package var message: String { wording.description }

    /// The message alone.
    package var description: String { message }
}
