import CaissonSystem
import CaissonText
import Glibc

/// Why a local cache can't be looked at or swept.
package struct LocalCacheError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// There is no such folder.
        case notFound
        /// The folder is no OCI image layout that may be swept.
        case notLayout
        /// `index.json` isn't what it should be.
        case damagedIndex
        /// Something is larger, deeper or more than what is read.
        case limitExceeded
        /// Which blobs are named can't be known, as something can't be read.
        case incomplete
        /// A build seems to write to the folder, or somebody holds its lock.
        case busy
        /// The index changed again and again while it was worked on.
        case changed
        /// The folder or a file isn't ours to read or write.
        case permission
        /// The operating system refused something else.
        case system
    }

    /// The kind of failure.
    package let code: Code
    /// What failed, with which object, and what to do next.
    package let message: String

    /// The message alone.
    package var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A system call that failed on something within the folder.
    static func failed(_ action: String, _ path: String, _ number: Int32, advice: String = "") -> LocalCacheError {
        let code: Code =
            switch number {
            case EACCES, EPERM, EROFS: .permission
            case ENOENT: .notFound
            default: .system
            }
        let hint = code == .permission && advice.isEmpty ? "run it as the owner of the folder" : advice
        let end = hint.isEmpty ? "" : "; \(hint)"
        return LocalCacheError(code, "can't \(action) \(path.quoted): \(Errno(number))\(end)")
    }
}
