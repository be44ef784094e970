import Glibc

/// Where the private engine keeps its things.
///
/// All is under `engine/` in the state directory, except that a state directory with a long name leaves no room for the
/// sockets' paths (107 bytes); then they, and only they, are in a short directory of the same owner under /run.
package struct StatePaths: Sendable, Hashable {
    /// The state directory, as an absolute path without links.
    package let root: String
    /// The directory of the sockets and of what lives no longer than the engine.
    package let runtime: String
    /// Where these are if the state directory's name leaves them no room.
    private let short: String

    /// Our own directory in the state directory.
    package var engine: String { root + "/engine" }
    /// Held shared by each build that uses the engine, exclusively by the supervisor that stops it.
    var lease: String { engine + "/lease" }
    /// Held by the one process that starts a supervisor.
    var startLock: String { engine + "/start.lock" }
    /// Held by the supervisor as long as it lives: the kernel forgets it however the process ends.
    var supervisorLock: String { engine + "/supervisor.lock" }
    /// What the supervisor says about itself and the engine.
    var record: String { engine + "/engine.json" }
    /// The engine's and the supervisor's output.
    package var log: String { engine + "/engine.log" }
    /// dockerd's configuration, written at each start.
    var configuration: String { engine + "/daemon.json" }
    /// Images, caches and snapshots.
    package var data: String { engine + "/data" }
    /// Podman's unpacked contexts and what it mounts for steps.
    var temporary: String { data + "/tmp" }
    /// Podman's short-lived state, for which it takes no path of more than 50 bytes.
    var podmanRun: String {
        let direct = exec + "/podman"
        return direct.utf8.count <= 50 ? direct : short + "/podman"
    }
    /// The directories that only this engine's processes use and mount in.
    var own: [String] { [data, exec, podmanRun] }
    /// Where podman finds its networks.
    var networks: String { engine + "/networks" }
    /// The engine's socket.
    package var socket: String { runtime + "/engine.sock" }
    /// dockerd's and containerd's short-lived state.
    var exec: String { runtime + "/exec" }
    /// The engine's own pid file.
    var pidFile: String { runtime + "/engine.pid" }

    /// Eight hexadecimal digits that differ between state directories.
    var tag: String { Self.tag(of: root) }

    private static func tag(of root: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in root.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(UInt32(truncatingIfNeeded: hash ^ (hash >> 32)), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// containerd's debug socket has the longest path of all.
    private static let longestSuffix = "/exec/containerd/containerd-debug.sock".utf8.count

    /// The paths for a state directory, without touching anything.
    package init(root: String, userID: UInt32) {
        self.root = root
        let direct = root + "/engine"
        // Without a session there is no directory of the user's own under /run.
        let session = access("/run/user/\(userID)", W_OK) == 0 ? "/run/user/\(userID)" : "/tmp"
        short = (userID == 0 ? "/run" : session) + "/caisson-" + Self.tag(of: root)
        runtime = direct.utf8.count + Self.longestSuffix <= UnixSocket.longestPath ? direct : short
    }

    /// The state directory that the environment says: `CAISSON_HOME`, else the user's usual place.
    package static func directory(
        variables: [String: String],
        home: String,
        userID: UInt32
    ) throws(EngineError) -> String {
        if let named = variables["CAISSON_HOME"], !named.isEmpty {
            guard named.hasPrefix("/"), !named.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw EngineError(
                    .badAddress,
                    "CAISSON_HOME is “\(named)”; make it an absolute path without control characters"
                )
            }
            return named
        }
        if userID == 0 { return "/var/lib/caisson" }
        if let state = variables["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/caisson" }
        return home + "/.local/state/caisson"
    }

    /// Makes the directories where they are missing, checks whose they are, and returns their paths.
    package static func prepare(_ directory: String, userID: UInt32) throws(EngineError) -> StatePaths {
        try makeAll(directory)
        guard let resolved = realpath(directory, nil) else { throw refusal(directory, errno) }
        defer { free(resolved) }
        let paths = StatePaths(root: String(cString: resolved), userID: userID)
        try check(paths.root, userID: userID, forbidden: 0o022)
        for path in Set([paths.engine, paths.runtime]).sorted() {
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw refusal(path, errno) }
            try check(path, userID: userID, forbidden: 0o077)
        }
        return paths
    }

    /// Makes the directory that podman's short-lived state is in, where it isn't one of the others.
    func preparePodman() throws(EngineError) {
        guard !podmanRun.hasPrefix(exec + "/"), short != runtime else { return }
        if mkdir(short, 0o700) != 0, errno != EEXIST { throw Self.refusal(short, errno) }
        try Self.check(short, userID: geteuid(), forbidden: 0o077)
    }

    private static func makeAll(_ directory: String) throws(EngineError) {
        var path = ""
        let parts = directory.split(separator: "/")
        for (index, part) in parts.enumerated() {
            path += "/" + part
            let mode: mode_t = index == parts.count - 1 ? 0o700 : 0o755
            guard mkdir(path, mode) != 0 else { continue }
            let code = errno
            var status = stat()
            // A read-only parent answers EROFS or EACCES for what exists already.
            guard code == EEXIST || stat(path, &status) == 0 else { throw refusal(path, code) }
        }
    }

    private static func check(_ path: String, userID: UInt32, forbidden: mode_t) throws(EngineError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw refusal(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw EngineError(.permission, "\(path) is not a directory; move it away or set CAISSON_HOME")
        }
        guard status.st_uid == userID else {
            throw EngineError(
                .permission,
                "\(path) belongs to user \(status.st_uid), not to you (\(userID)); set CAISSON_HOME"
            )
        }
        guard status.st_mode & forbidden == 0 else {
            let mode = forbidden == 0o022 ? "go-w" : "go-rwx"
            throw EngineError(.permission, "other users may enter or change \(path); run “chmod \(mode) \(path)”")
        }
    }

    private static func refusal(_ path: String, _ code: Int32) -> EngineError {
        EngineError(
            code == EACCES || code == EPERM || code == EROFS ? .permission : .system,
            "the state directory \(path) can't be used: \(String(cString: strerror(code))); set CAISSON_HOME"
        )
    }
}
