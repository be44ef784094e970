import CaissonSystem
import CaissonText
import Glibc
import Synchronization

/// `run/` in the state directory: what processes have there that lasts no longer than they do.
final class RunDirectory: Sendable {
    /// The state directory.
    let state: String
    /// The folders that are there.
    private let made = Mutex<Set<String>>([])

    init(state: String) { self.state = state }

    /// Where it is.
    var path: String { PathFacts.join(state, "run") }

    /// Where a folder in it is.
    func path(of folder: String) -> String { "\(path)/\(folder)" }

    /// Makes a folder in it that only the user may enter, and all that leads there, once in a process.
    func prepare(_ folder: String) throws(RunControlError) {
        guard !made.withLock({ $0.contains(folder) }) else { return }
        do throws(SystemError) {
            if access(state.cPath, F_OK) != 0 { _ = try StateDirectory.prepare(state, userID: geteuid()) }
            try StateDirectory.prepareOwn(path, userID: geteuid())
            try StateDirectory.prepareOwn(path(of: folder), userID: geteuid())
        } catch {
            throw RunControlError(error)
        }
        made.withLock { _ = $0.insert(folder) }
    }

    /// The lock under which tickets are read and written, waited for until `end`; nil when that was too short.
    ///
    /// It is held for a moment only, so whoever waits long does so for a process that was stopped just then.
    func lock(until end: ContinuousClock.Instant) async throws -> FileLock? {
        do {
            return try await FileLock.wait(path(of: "lock"), .exclusive, until: end)
        } catch let error as SystemError {
            throw RunControlError(error)
        }
    }

    /// The same on a thread that may be held up.
    func lockOnThread(until end: ContinuousClock.Instant) throws(RunControlError) -> FileLock? {
        var pause: UInt32 = 200
        while true {
            do throws(SystemError) {
                if let lock = try FileLock.attempt(path(of: "lock"), .exclusive) { return lock }
            } catch {
                throw RunControlError(error)
            }
            guard ContinuousClock.now < end else { return nil }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
    }
}
