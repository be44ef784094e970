import CaissonBuildModel
package import CaissonEngineDiscovery
import CaissonSystem
import Glibc

/// The engine that we start ourselves where none runs: its own socket and data, shared by all builds of a user.
///
/// ```
/// build ── flock(lease, shared) ── is it ready? ── yes ──▶ use it
///                                      └ no: flock(start.lock) ── start a supervisor, wait for its ready line
/// supervisor ── flock(supervisor.lock) ── start buildkitd/dockerd/podman ── watch ── flock(lease, exclusive) ── stop
/// ```
package struct PrivateEngine: Sendable {
    /// What the engine is started with.
    package struct Options: Sendable {
        /// The environment variables of the user.
        package var variables: [String: String]
        /// The user's home directory.
        package var home: String
        /// The effective user id.
        package var userID: UInt32 = geteuid()
        /// What an ordinary user may do; nil looks.
        var namespace: UserNamespace?
        /// The program that supervises; nil looks for an installed `caisson`.
        package var supervisor: SupervisorCommand?
        /// How long to wait for the engine to be ready.
        package var startDeadline: Duration = .seconds(60)

        /// Makes options.
        package init(variables: [String: String], home: String, supervisor: SupervisorCommand? = nil) {
            self.variables = variables
            self.home = home
            self.supervisor = supervisor
        }
    }

    let options: Options

    /// A private engine with these options; nothing is started yet.
    package init(_ options: Options) {
        self.options = options
    }

    /// Starts the engine if need be, and keeps it from being stopped while `body` runs.
    package func withEngine<R>(_ body: (PrivateEngineAccess) async throws -> R) async throws -> R {
        let lease = try await acquire()
        let result = try await body(lease.access)
        // Kept alive up to here: its end is the end of our use.
        lease.release()
        return result
    }

    /// Starts the engine if need be; it is not stopped as long as the lease lives.
    package func acquire() async throws -> EngineLease {
        let paths = try prepare()
        let end = ContinuousClock().now + options.startDeadline
        guard let lock = try await wait(paths.lease, .shared, until: end) else {
            throw late(paths, "the engine that is being stopped has not ended")
        }
        if let access = ready(paths) { return EngineLease(access: access, lock: lock) }
        guard let starting = try await wait(paths.startLock, .exclusive, until: end) else {
            throw late(paths, "another build has not finished starting it")
        }
        let access = try await startOrAwait(paths, until: end)
        starting.release()
        return EngineLease(access: access, lock: lock)
    }

    private func prepare() throws(EngineError) -> StatePaths {
        let found = try candidates()
        guard !found.engines.isEmpty else {
            let advice = InstallAdvice.ofThisMachine()
            throw options.userID == 0 ? advice.nothingForRoot(found.refusals) : advice.nothingForUser(found.refusals)
        }
        // A wrong value is the user's mistake, not a failed start.
        _ = try IdlePeriod.from(options.variables)
        let directory = try stateDirectory()
        return try EngineError.reworded { () throws(SystemError) in
            try StatePaths.prepare(directory, userID: options.userID)
        }
    }

    /// The engines that could be started here.
    func candidates() throws(EngineError) -> EngineCandidates {
        try EngineCandidates.find(
            ProgramSearch.ofThisProcess(path: options.variables["PATH"]),
            wanted: options.variables["CAISSON_ENGINE"],
            namespace: options.userID == 0 ? nil : options.namespace ?? .ofThisProcess(userID: options.userID)
        )
    }

    func stateDirectory() throws(EngineError) -> String {
        try EngineError.reworded { () throws(SystemError) in
            try StateDirectory.path(variables: options.variables, home: options.home, userID: options.userID)
        }
    }

    /// The engine, when a supervisor watches it and it listens.
    private func ready(_ paths: StatePaths) -> PrivateEngineAccess? {
        guard let record = EngineRecord.read(paths), record.phase == .running,
            record.supervisor.isAlive, record.engine?.isAlive == true,
            UnixSocket.probe(paths.socket) == .live
        else { return nil }
        let endpoint = EngineEndpoint(
            address: "unix://" + paths.socket,
            kind: record.kind,
            origin: "the private engine in \(paths.root)"
        )
        return PrivateEngineAccess(
            endpoint: endpoint,
            version: record.version,
            hostNetworkOnly: record.hostNetworkOnly,
            notices: record.notices
        )
    }

    /// With the start lock held: a supervisor that lives is waited for, otherwise one is started.
    private func startOrAwait(
        _ paths: StatePaths,
        until end: ContinuousClock.Instant
    ) async throws -> PrivateEngineAccess {
        while try supervisorRuns(paths) {
            if let access = ready(paths) { return access }
            guard ContinuousClock().now < end else { throw late(paths, "its supervisor has not made it ready") }
            try await Task.sleep(for: .milliseconds(20))
        }
        guard let command = options.supervisor ?? .installed(path: options.variables["PATH"]) else {
            throw EngineError(
                .notInstalled,
                "no engine runs, and the command caisson that starts a private one is not in PATH"
            )
        }
        let line = try command.start(paths, variables: options.variables)
        defer { close(line) }
        switch try await ReadyLine.receive(from: line, until: end) {
        case .ready:
            guard var access = ready(paths), let record = EngineRecord.read(paths) else {
                throw failed(paths, "it ended as soon as it was ready")
            }
            access.notices.insert(record.introduction(address: access.endpoint.address), at: 0)
            return access
        case .failed(let message):
            throw failed(paths, message)
        case .closed:
            throw failed(paths, "its supervisor ended without a word")
        case nil:
            throw late(paths, "its supervisor has not made it ready")
        }
    }

    /// Whether somebody holds the supervisor's lock.
    func supervisorRuns(_ paths: StatePaths) throws(EngineError) -> Bool {
        guard let lock = try attempt(paths.supervisorLock, .shared) else { return true }
        lock.release()
        return false
    }

    private func failed(_ paths: StatePaths, _ reason: String) -> EngineError {
        EngineError(.startFailed, "the private engine could not be started: \(reason)" + excerpt(paths))
    }

    private func late(_ paths: StatePaths, _ reason: String) -> EngineError {
        EngineError(
            .deadlineExceeded,
            "the private engine was not ready after \(options.startDeadline): \(reason)" + excerpt(paths)
        )
    }

    private func excerpt(_ paths: StatePaths) -> String {
        let tail = RotatingLog(path: paths.log).tail()
        return tail.isEmpty ? "; there is nothing in \(paths.log)" : "; the end of \(paths.log):\n\(tail)"
    }
}

/// How to reach the private engine, and what to know about it.
package struct PrivateEngineAccess: Sendable, Hashable {
    /// Its address and kind.
    package var endpoint: EngineEndpoint
    /// Its version, when it said one.
    package var version: String?
    /// Whether RUN steps run with the host's network or none only: a build that asks for neither fails on dockerd.
    package var hostNetworkOnly: Bool
    /// What its user should be told.
    package var notices: [String]
}

/// The right to use the private engine: it is not stopped for idleness while this lives.
package struct EngineLease: ~Copyable {
    /// How to reach the engine.
    package let access: PrivateEngineAccess
    private let lock: FileLock

    init(access: PrivateEngineAccess, lock: consuming FileLock) {
        self.access = access
        self.lock = lock
    }

    /// Gives the right back.
    package consuming func release() {}
}
