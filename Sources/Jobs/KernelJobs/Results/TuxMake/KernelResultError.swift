import CaissonArchive
import CaissonSystem
import CaissonText
import Glibc

/// Why the results of a kernel job can't be put together.
package struct KernelResultError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// There is no such folder or file.
        case notFound
        /// There is something among the results that can't be.
        case invalid
        /// Something is larger or more than allowed.
        case limitExceeded
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// The work was cancelled.
        case cancelled
        /// The operating system or a library refused something else.
        case system
    }

    /// The kind of failure.
    package let code: Code
    /// What failed, with which object, and what to do next.
    package let message: String

    /// The message alone.
    package var description: String { message }

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A system call that failed on a path.
    static func failed(_ action: String, _ path: String, _ reason: Errno) -> KernelResultError {
        let message = "can't \(action) \(path.quoted): \(reason)"
        switch reason.number {
        case ENOSPC, EDQUOT: return KernelResultError(.diskFull, message + "; free some space and try again")
        case ENOENT, ENOTDIR: return KernelResultError(.notFound, message)
        // What a link leads to is none of the results.
        case ELOOP: return KernelResultError(.invalid, message)
        default: return KernelResultError(.system, message)
        }
    }

    /// A failure of the archive.
    static func failed(_ error: ArchiveError) -> KernelResultError {
        let code: Code =
            switch error.code {
            case .invalid, .malformed: .invalid
            case .limitExceeded: .limitExceeded
            case .diskFull: .diskFull
            case .cancelled: .cancelled
            case .libraryMissing, .closed, .system: .system
            }
        return KernelResultError(code, error.message)
    }
}
