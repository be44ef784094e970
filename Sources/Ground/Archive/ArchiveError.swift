/// Why an archive can't be written or read.
package struct ArchiveError: Error, Sendable, Hashable {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// libarchive isn't installed, or lacks what is needed.
        case libraryMissing
        /// What was given can't be in a tar.
        case invalid
        /// The input is no tar, or a broken one.
        case malformed
        /// The input exceeds a limit.
        case limitExceeded
        /// The reader of our output went away.
        case closed
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// The work was cancelled.
        case cancelled
        /// Another failure of the system or of the library.
        case system
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
}

extension ArchiveError: CustomStringConvertible {
    /// The message alone.
    package var description: String { message }
}
