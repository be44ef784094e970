import CaissonSystem
import Glibc

/// Why the history can't be read or written.
package struct HistoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// A later version of Caisson laid it out.
        case newer
        /// The disk or the user's share of it is full.
        case full
        /// The file system can't be written to.
        case readOnly
        /// It isn't ours to use.
        case permission
        /// What is there is no history, or a broken one.
        case damaged
        /// No build has that name.
        case notFound
        /// Several builds have names that begin so.
        case ambiguous
        /// Another process is at it for too long.
        case busy
        /// The operating system or the database refused something else.
        case other
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

    /// An error of a system call, by its number; the system's own words follow the message.
    package init(errno number: Int32, _ message: String) {
        code = Self.code(of: number)
        self.message = "\(message): \(Errno(number))"
    }

    /// What this machine refused.
    init(_ error: SystemError) {
        code = error.code == .permission ? .permission : .other
        message = error.message
    }

    /// The message alone.
    package var description: String { message }

    private static func code(of number: Int32) -> Code {
        switch number {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EROFS: .readOnly
        case EACCES, EPERM: .permission
        case ENOENT: .notFound
        default: .other
        }
    }
}
