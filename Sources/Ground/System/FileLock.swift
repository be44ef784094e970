import CaissonText
import Glibc

/// An advisory lock on a file.
///
/// The kernel drops it however its holder ends.
package struct FileLock: ~Copyable {
    /// How a lock is held.
    package enum Mode {
        /// Together with other shared holders.
        case shared
        /// Alone.
        case exclusive
    }

    private let descriptor: Int32

    private init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Lets go of the lock.
    package consuming func release() {}

    /// The lock, or nil when somebody holds it in a way that excludes ours.
    package static func attempt(_ path: String, _ mode: Mode) throws(SystemError) -> FileLock? {
        let descriptor = open(path.cPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        let lock = FileLock(adopting: descriptor)
        while flock(descriptor, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            case let code: throw failure(path, code)
            }
        }
        return lock
    }

    /// The lock, waiting for it until `end`; nil when that was too short.
    package static func wait(
        _ path: String,
        _ mode: Mode,
        until end: ContinuousClock.Instant
    ) async throws -> FileLock? {
        var pause = Duration.milliseconds(1)
        while true {
            if let lock = try attempt(path, mode) { return lock }
            guard ContinuousClock().now < end else { return nil }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(25))
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> SystemError {
        SystemError(errno: code, "\(path) can't be locked", advice: "set CAISSON_HOME to a local directory of yours")
    }
}
