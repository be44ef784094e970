import CaissonEngineDiscovery
import CaissonSystem
import Glibc

/// The background process that starts the private engine, watches it and stops it when nobody has used it for a while.
///
/// One runs for a state directory at a time: it holds `supervisor.lock`. Builds hold `lease` shared while they use the
/// engine; the supervisor stops the idle engine only with `lease` held exclusively, and until it has ended no build gets
/// a lease. So no build is handed an engine that is about to go.
package enum Supervisor {
    /// Runs until the engine has been stopped: the body of the hidden command `builder supervise --state DIR`.
    package static func run(stateDirectory: String, variables: [String: String]) async throws {
        let line = ReadyLine.ofThisProcess(variables)
        StopSignal.install()
        do {
            let paths = try EngineError.reworded { () throws(SystemError) in
                try StatePaths.prepare(stateDirectory, userID: geteuid())
            }
            let end = ContinuousClock().now + .seconds(5)
            guard let alive = try await wait(paths.supervisorLock, .exclusive, until: end) else {
                throw EngineError(.busy, "another supervisor runs for \(paths.root)")
            }
            let lease = try await supervise(paths, variables: variables, line: line)
            // The lease goes last: whoever gets it next must find no supervisor.
            alive.release()
            lease?.release()
        } catch {
            line.failed((error as? EngineError)?.message ?? "\(error)")
            throw error
        }
    }

    private static func supervise(
        _ paths: StatePaths,
        variables: [String: String],
        line: ReadyLine
    ) async throws -> FileLock? {
        let idle = try IdlePeriod.from(variables)
        _ = chdir("/")
        umask(0o022)
        var engine = try await SupervisedEngine.adoptOrStart(paths, variables: variables, idle: idle)
        line.ready()
        let lease: FileLock?
        do {
            lease = try await watch(&engine, idle: idle)
        } catch {
            await engine.stop()
            throw error
        }
        await engine.stop()
        return lease
    }

    /// Returns when the engine is to be stopped or has ended; with the exclusive lease when it was idle.
    private static func watch(_ engine: inout SupervisedEngine, idle: Duration?) async throws -> FileLock? {
        let clock = ContinuousClock()
        var watch = IdleWatch(period: idle, now: clock.now)
        while true {
            if let lease = try look(&engine, &watch) { return lease }
            engine.noteUse(isIdle: watch.idleSince != nil)
            let next = clock.now + watch.interval
            repeat {
                if StopSignal.hasCome {
                    engine.note("asked to stop")
                    return nil
                }
                if engine.hasEnded {
                    engine.note("the engine ended by itself")
                    return nil
                }
                try await Task.sleep(for: min(watch.interval, .milliseconds(100)))
            } while clock.now < next
        }
    }

    /// One look at who uses the engine; the lease when it is time to stop.
    private static func look(_ engine: inout SupervisedEngine, _ watch: inout IdleWatch) throws -> FileLock? {
        let now = ContinuousClock().now
        guard let lease = try attempt(engine.paths.lease, .exclusive) else {
            watch.usedAt(now)
            return nil
        }
        // Not knowing counts as use.
        guard SocketUse.connections(to: engine.paths.socket, of: engine.record.listener?.pid) == 0 else {
            watch.usedAt(now)
            return nil
        }
        guard watch.unusedAt(now) == .stop else { return nil }
        engine.note("nobody has used the engine for a while: stopping it")
        return lease
    }
}
