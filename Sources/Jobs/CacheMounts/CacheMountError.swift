import CaissonSystem
import CaissonText

/// Why cache mounts can't be carried.
package struct CacheMountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which decides what callers make of it.
    package enum Code: Sendable, Hashable {
        /// An id, an image or another value makes no sense.
        case invalid
        /// There is no such store, or no such mount in it.
        case notFound
        /// The folder or file is something else than a store of cache mounts.
        case notStore
        /// What is stored, or what an engine sent, isn't what it should be.
        case damaged
        /// Something is larger or more than allowed.
        case limitExceeded
        /// Another program has the store's lock.
        case busy
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// The operating system refused something else.
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
    static func failed(_ action: String, _ path: String, _ reason: Errno) -> CacheMountError {
        let isFull = reason == .noSpace || reason == .noShare
        let advice = isFull ? "; free some space and try again" : ""
        return CacheMountError(isFull ? .diskFull : .system, "can't \(action) \(path.quoted): \(reason)\(advice)")
    }

    /// A file of a store that isn't what it should be.
    static func damaged(_ path: String, _ problem: String) -> CacheMountError {
        CacheMountError(.damaged, "\(path.quoted) is damaged: \(problem); remove the store and save the mounts again")
    }
}
