import CaissonBuildModel
package import CaissonEngineDiscovery
import CaissonSystem
import Glibc

extension PrivateEngine {
    /// How the engine is, found out without starting or making anything.
    package func status() throws(EngineError) -> ListedEngine {
        let paths = try existingPaths()
        let record = EngineRecord.read(paths)
        var info = ListedEngine(
            name: Discovery.privateName,
            kind: record?.kind ?? installedKind,
            endpoint: "unix://" + paths.socket,
            status: .stopped,
            origin: "started by caisson"
        )
        info.log = paths.log
        info.state = paths.root
        guard let record else { return info }
        info.version = record.version
        info.idleSeconds = record.idlePeriod
        guard let engine = record.engine, engine.isAlive else { return info }
        switch record.phase {
        case .starting: info.status = .starting
        case .running: info.status = record.idleSince == nil ? .running : .idle
        case .stopping: info.status = .stopping
        }
        info.idleSince = record.idleSince
        info.started = record.started
        info.pid = engine.pid
        info.supervisorPid = record.supervisor.isAlive ? record.supervisor.pid : nil
        info.bridge = record.bridge
        info.notices = record.notices
        return info
    }

    /// Stops the engine and waits until it has ended; false when it wasn't running.
    ///
    /// An engine in use is stopped only with `evenIfBusy`, which breaks off the builds on it.
    package func stop(deadline: Duration = .seconds(30), evenIfBusy: Bool = false) async throws -> Bool {
        let paths = try existingPaths()
        guard access(paths.engine, F_OK) == 0 else { return false }
        let end = ContinuousClock().now + deadline
        // Held to the end, so that no build gets the engine meanwhile. A short wait: the supervisor tries it, too.
        let lease = try await wait(paths.lease, .exclusive, until: .now + .milliseconds(200))
        if lease == nil, !evenIfBusy {
            throw EngineError(
                .busy,
                "builds run on the private engine in \(paths.root); wait for them, or stop it with --force"
            )
        }
        let ran = EngineRecord.read(paths)?.engine?.isAlive == true
        try await endSupervisor(paths, until: end)
        lease?.release()
        return ran
    }

    private func endSupervisor(_ paths: StatePaths, until end: ContinuousClock.Instant) async throws {
        var asked: ProcessIdentity?
        while true {
            if let alone = try attempt(paths.supervisorLock, .exclusive) {
                // A supervisor that was killed left its engine behind.
                let remains = EngineRecord.read(paths) != nil
                if remains { await SupervisedEngine.clear(paths, bridgeMayExist: true) }
                alone.release()
                return
            }
            if let supervisor = EngineRecord.read(paths)?.supervisor, supervisor != asked, supervisor.isAlive {
                kill(supervisor.pid, SIGTERM)
                asked = supervisor
            }
            guard ContinuousClock().now < end else {
                throw EngineError(
                    .deadlineExceeded,
                    "the private engine in \(paths.root) has not ended; see \(paths.log)"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func existingPaths() throws(EngineError) -> StatePaths {
        let directory = try stateDirectory()
        guard let resolved = realpath(directory, nil) else {
            return StatePaths(root: directory, userID: options.userID)
        }
        defer { free(resolved) }
        return StatePaths(root: String(cString: resolved), userID: options.userID)
    }

    /// The kind that the next start would try first.
    private var installedKind: EngineKind { (try? candidates())?.engines.first?.kind ?? .unknown }
}
