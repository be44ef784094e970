package import CaissonSystem
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

    /// Makes the directories where they are missing, checks whose they are, and returns their paths.
    package static func prepare(_ directory: String, userID: UInt32) throws(SystemError) -> StatePaths {
        let paths = StatePaths(root: try StateDirectory.prepare(directory, userID: userID), userID: userID)
        for path in Set([paths.engine, paths.runtime]).sorted() {
            try StateDirectory.prepareOwn(path, userID: userID)
        }
        return paths
    }

    /// Makes the directory that podman's short-lived state is in, where it isn't one of the others.
    func preparePodman() throws(SystemError) {
        guard !podmanRun.hasPrefix(exec + "/"), short != runtime else { return }
        try StateDirectory.prepareOwn(short, userID: geteuid())
    }
}
