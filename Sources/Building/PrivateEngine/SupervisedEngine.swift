import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem
import Glibc

/// The engine's process in its supervisor's hands.
struct SupervisedEngine {
    let paths: StatePaths
    private(set) var record: EngineRecord
    /// The process, when it is a child of ours and not one that an earlier supervisor left.
    private var child: Int32?
    private let log: Int32

    private init(paths: StatePaths, record: EngineRecord, log: Int32) {
        self.paths = paths
        self.record = record
        self.log = log
        // What we or the runtime say belongs with the engine's words.
        dup2(log, STDOUT_FILENO)
        dup2(log, STDERR_FILENO)
    }

    /// Takes over the engine that a lost supervisor left running, or clears away what remains and starts one.
    static func adoptOrStart(
        _ paths: StatePaths,
        variables: [String: String],
        idle: Duration?
    ) async throws -> SupervisedEngine {
        guard let this = ProcessIdentity(pid: getpid()) else {
            throw EngineError(.system, "/proc can't be read; mount it")
        }
        let old = EngineRecord.read(paths)
        let period = idle.map { Double($0.components.seconds) + Double($0.components.attoseconds) / 1e18 }
        if var record = old, await isUsable(record, paths) {
            record.supervisor = this
            record.idlePeriod = period
            let engine = SupervisedEngine(paths: paths, record: record, log: try RotatingLog(path: paths.log).opened())
            engine.note("took over the engine that process \(record.engine?.pid ?? 0) runs")
            try record.write(paths)
            return engine
        }
        await clear(paths, bridgeMayExist: old != nil)
        let search = ProgramSearch.ofThisProcess(path: variables["PATH"])
        let found = try EngineCandidates.find(
            search,
            wanted: variables["CAISSON_ENGINE"],
            namespace: .ofThisProcess(userID: geteuid())
        )
        guard let first = found.engines.first else {
            throw EngineError(.notInstalled, "no engine can be started: \(found.refusals.joined(separator: "; "))")
        }
        let record = EngineRecord(
            phase: .starting,
            kind: first.kind,
            executable: first.executable,
            supervisor: this,
            started: Self.now,
            idlePeriod: period
        )
        var engine = SupervisedEngine(paths: paths, record: record, log: try RotatingLog(path: paths.log).begun())
        try await engine.startFirst(of: found.engines, search: search, variables: variables)
        return engine
    }

    /// Starts the best one that can be started.
    private mutating func startFirst(
        of engines: [InstalledEngine],
        search: ProgramSearch,
        variables: [String: String]
    ) async throws {
        for (index, engine) in engines.enumerated() {
            let installed = await engine.withVersion()
            record.kind = installed.kind
            record.executable = installed.executable
            record.version = installed.version
            do {
                return try await start(installed, search: search, variables: variables)
            } catch {
                guard index + 1 < engines.count, !StopSignal.hasCome else { throw error }
                note("trying \(engines[index + 1].kind.rawValue) instead")
            }
        }
    }

    private static var now: Double { Double(time(nil)) }

    /// Whether an engine of an earlier supervisor is whole: a stopping or deaf one is not.
    private static func isUsable(_ record: EngineRecord, _ paths: StatePaths) async -> Bool {
        guard record.phase == .running, let engine = record.engine, engine.isAlive,
            EngineRemains(paths: paths).isEngine(ProcessTable.arguments(of: engine.pid))
        else { return false }
        return await answers(record.kind, paths)
    }

    private static func answers(_ kind: EngineKind, _ paths: StatePaths) async -> Bool {
        kind == .buildkitd ? UnixSocket.probe(paths.socket) == .live : await SocketUse.answersPing(paths.socket)
    }

    /// Ends and removes whatever an engine left.
    static func clear(_ paths: StatePaths, bridgeMayExist: Bool) async {
        let remains = EngineRemains(paths: paths)
        await remains.endProcesses(grace: .seconds(10))
        remains.unmountAll()
        let bridge = Bridge(paths)
        if bridgeMayExist || bridge.exists {
            await BridgeRules.remove(bridge: bridge.name, search: ProgramSearch.ofThisProcess(path: nil))
            bridge.remove()
        }
        remains.removeFiles()
        unlink(paths.record)
    }

    private mutating func start(
        _ installed: InstalledEngine,
        search: ProgramSearch,
        variables: [String: String]
    ) async throws {
        let networks = EngineNetworks.inOrder(installed, paths: paths, search: search)
        for (index, choice) in networks.enumerated() {
            do {
                record.notices = choice.notice.map { [$0] } ?? []
                record.hostNetworkOnly = choice.network == .none && installed.kind != .buildkitd
                try prepare(choice, installed.kind)
                let command = EngineCommand(engine: installed, paths: paths, network: choice.network)
                try await launch(command, variables: variables)
                return
            } catch {
                note("\(error)")
                await end(grace: .seconds(5))
                await Self.clear(paths, bridgeMayExist: true)
                guard index + 1 < networks.count, !StopSignal.hasCome else { throw error }
                note("trying without a bridge")
            }
        }
    }

    private mutating func prepare(_ choice: EngineNetworks.Choice, _ kind: EngineKind) throws {
        record.bridge = nil
        record.subnet = nil
        guard let subnet = choice.subnet else { return }
        let bridge = Bridge(paths)
        if kind == .podman {
            // Podman makes the bridge itself, for as long as a step needs it.
            mkdir(paths.networks, 0o700)
            let network = EngineCommand.podmanNetwork(bridge: bridge.name, subnet: subnet)
            try EngineError.reworded { () throws(SystemError) in
                try AtomicFile.replace(paths.networks + "/podman.json", with: Array(network.utf8))
            }
        } else {
            try bridge.create(subnet)
        }
        record.bridge = bridge.name
        record.subnet = subnet.description
    }

    private mutating func launch(_ command: EngineCommand, variables: [String: String]) async throws {
        for directory in [paths.data, paths.exec] { mkdir(directory, 0o711) }
        if command.engine.kind == .podman {
            mkdir(paths.temporary, 0o700)
            try EngineError.reworded { () throws(SystemError) in try paths.preparePodman() }
        }
        if command.engine.kind == .dockerd {
            let system = try? BoundedFile.read("/etc/docker/daemon.json")
            let configuration = command.configuration(system: system)
            try EngineError.reworded { () throws(SystemError) in
                try AtomicFile.replace(paths.configuration, with: configuration)
            }
        }
        var request = SpawnRequest(
            executable: command.executable,
            arguments: command.arguments,
            environment: command.environment(variables)
        )
        request.standard = [nil, log, log]
        // A Ctrl-C in the terminal of the build that started us is not meant for the engine.
        request.newSession = true
        note("starting \(command.arguments.joined(separator: " "))")
        let pid: Int32
        do {
            pid = try request.start()
        } catch {
            throw EngineError(.startFailed, "\(command.executable) can't be started: \(error.explanation)")
        }
        child = pid
        record.engine = ProcessIdentity(pid: pid)
        try record.write(paths)
        try await awaitReady(command.engine)
        if command.engine.rootless?.kit != nil { record.listener = EngineRemains(paths: paths).daemon() }
        record.phase = .running
        record.idleSince = Self.now
        try record.write(paths)
        note("the engine is ready")
    }

    private mutating func awaitReady(_ engine: InstalledEngine) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(50)
        while !(await Self.answers(engine.kind, paths)) {
            if hasEnded { throw EngineError(.startFailed, "\(engine.executable) ended before it was ready") }
            if StopSignal.hasCome { throw EngineError(.startFailed, "asked to stop before the engine was ready") }
            guard clock.now < end else {
                throw EngineError(.deadlineExceeded, "\(engine.executable) was not ready after 50 seconds")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whether the engine's process is gone.
    var hasEnded: Bool {
        mutating get {
            if let child {
                var raw: Int32 = 0
                guard waitpid(child, &raw, WNOHANG) == child else { return false }
                note("\(record.kind.rawValue) ended with status \(HelperProgram.status(raw))")
                self.child = nil
                record.engine = nil
                return true
            }
            return record.engine?.isAlive != true
        }
    }

    /// Stops the engine in good order, and clears away everything but its data and its logs.
    mutating func stop() async {
        record.phase = .stopping
        try? record.write(paths)
        await end(grace: .seconds(15))
        await Self.clear(paths, bridgeMayExist: record.bridge != nil)
        note("stopped")
    }

    private mutating func end(grace: Duration) async {
        let clock = ContinuousClock()
        var end = clock.now + grace
        var signal = SIGTERM
        while !hasEnded, let pid = record.engine?.pid {
            kill(pid, signal)
            while !hasEnded, clock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
            guard signal == SIGTERM else { return }
            (signal, end) = (SIGKILL, clock.now + .seconds(5))
        }
    }

    /// Writes down when use begins and ends.
    mutating func noteUse(isIdle: Bool) {
        RotatingLog(path: paths.log).bound(log)
        guard isIdle != (record.idleSince != nil) else { return }
        record.idleSince = isIdle ? Self.now : nil
        try? record.write(paths)
    }

    /// Adds a line to the log.
    func note(_ text: String) { RotatingLog.note(text, to: log) }
}
