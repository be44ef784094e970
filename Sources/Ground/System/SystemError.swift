import Glibc

/// What this machine refused: a file, a directory, a lock, a program.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of refusal, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// A path or a variable that makes no sense.
        case badValue
        /// The file or directory isn't ours to use.
        case permission
        /// The operating system refused something else.
        case refused
    }

    /// The kind of refusal.
    package var code: Code
    /// What failed, which object, and what to do.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// An error of a system call, by its number; `message` ends where the system's own words follow.
    package init(errno number: Int32, _ message: String, advice: String = "") {
        code = number == EACCES || number == EPERM || number == EROFS ? .permission : .refused
        self.message = "\(message): \(String(cString: strerror(number)))" + (advice.isEmpty ? "" : "; \(advice)")
    }

    /// The message alone.
    package var description: String { message }
}
