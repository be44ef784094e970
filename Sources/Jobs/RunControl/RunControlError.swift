package import CaissonSystem

/// Why a build gets no place, or can't be reached from another process.
package struct RunControlError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// The build needs more than the whole pool has, so that it could never begin.
        case tooLarge
        /// The state directory, or something of the system, can't be used: a build goes on without it, with a notice.
        case unavailable
        /// The process that runs a build doesn't answer.
        case noAnswer
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What the system refused, which makes something unavailable.
    package init(_ error: SystemError) {
        self.init(.unavailable, error.message)
    }

    /// A system call that failed; `message` ends where the system's own words follow.
    init(errno number: Int32, _ message: String) {
        self.init(SystemError(errno: number, message))
    }

    /// The message alone.
    package var description: String { message }
}
