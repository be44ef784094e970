package import CaissonArchive
import CaissonSystem
import CaissonText

/// Why a bundle can't be written or read.
package struct BundleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// It is no bundle of builds: another tar, or no tar at all.
        case notABundle
        /// It is one, and what is in it contradicts itself.
        case damaged
        /// It holds more than is taken.
        case limitExceeded
        /// What was to be written changed meanwhile, or can't be in a bundle.
        case invalid
        /// The system refused something.
        case system
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do: one line.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Makes one of what the reader or writer of the tar says.
    package init(_ error: ArchiveError) {
        switch error.code {
        case .malformed: self.init(.notABundle, "this is no bundle of builds: \(error.message)")
        case .limitExceeded: self.init(.limitExceeded, error.message)
        case .libraryMissing, .invalid, .closed, .diskFull, .cancelled, .system: self.init(.system, error.message)
        }
    }

    /// Makes one of what a call on the scratch file failed with.
    init(scratch errno: Errno) {
        self.init(.system, "the bundle can't be unpacked into a temporary file: \(errno)")
    }

    /// The message alone.
    package var description: String { message }
}
