/// Why something that a registry needs, such as its credentials, could not be had.
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
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do; never holds a secret.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message alone.
    package var description: String { message }
}
