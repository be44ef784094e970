import CaissonEngineDiscovery
import CaissonSystem

// The locks and logs in the state directory, their refusals told as errors of an engine.

/// The lock, or nil when somebody holds it in a way that excludes ours.
func attempt(_ path: String, _ mode: FileLock.Mode) throws(EngineError) -> FileLock? {
    try EngineError.reworded { () throws(SystemError) in try FileLock.attempt(path, mode) }
}

/// The lock, waiting for it until `end`; nil when that was too short.
func wait(_ path: String, _ mode: FileLock.Mode, until end: ContinuousClock.Instant) async throws -> FileLock? {
    try await EngineError.reworded { try await FileLock.wait(path, mode, until: end) }
}

extension RotatingLog {
    /// The log of the private engine, opened to append to.
    func opened() throws(EngineError) -> Int32 {
        try EngineError.reworded { () throws(SystemError) in try open() }
    }

    /// A new log, the older ones kept beside it.
    func begun() throws(EngineError) -> Int32 {
        try EngineError.reworded { () throws(SystemError) in try startNew() }
    }
}
