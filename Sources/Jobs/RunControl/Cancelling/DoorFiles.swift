import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Where the doors are, and which build is behind which.
///
/// A build's entry is another name of its door's socket, a hard link: it is made in one step and in no time, and whoever
/// knows the build connects to it and needn't read anything. Where the file system has none, it is a symbolic link.
struct DoorFiles: Sendable {
    /// The folder of the sockets, one for each process that runs builds.
    static let doors = "doors"
    /// The folder of the entries, one for each build that runs.
    static let builds = "builds"
    /// So many doors are left alone, whether anybody is behind them or not.
    static let unswept = 64
    private static let sweptAtMost = 10_000

    let run: RunDirectory

    /// Makes the folders.
    func prepare() throws(RunControlError) {
        try run.prepare(Self.doors)
        try run.prepare(Self.builds)
    }

    /// A name that no door has.
    static func newName() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) + ".socket" }

    private func path(of door: String) -> String { run.path(of: Self.doors) + "/" + door }
    private func entry(of id: BuildID) -> String { run.path(of: Self.builds) + "/" + id.description }

    /// Says that a build is behind a door.
    func announce(_ id: BuildID, at door: String) throws(RunControlError) {
        let entry = entry(of: id)
        for _ in 0..<2 {
            if link(path(of: door).cPath, entry.cPath) == 0 { return }
            if errno != EEXIST, symlink("../\(Self.doors)/\(door)", entry.cPath) == 0 { return }
            guard errno == EEXIST else { break }
            unlink(entry.cPath)
        }
        throw RunControlError(errno: errno, "\(entry) can't be made")
    }

    /// Says no more that a build is behind a door; what leads to another door stays.
    func withdraw(_ id: BuildID, from door: String) {
        let entry = entry(of: id)
        var (own, other) = (stat(), stat())
        guard stat(path(of: door).cPath, &own) == 0, stat(entry.cPath, &other) == 0, own.st_ino == other.st_ino else {
            return
        }
        unlink(entry.cPath)
    }

    /// Removes a door behind which there is nobody.
    func remove(_ door: String) { unlink(path(of: door).cPath) }

    /// Gives a socket the name of a door once it listens, so that no door is ever there and closed.
    func bind(_ socket: Int32, as door: String) throws(RunControlError) {
        let hidden = ".\(door)"
        let isBound = withAddress(of: hidden, in: Self.doors) { path in
            UnixSocket.bind(socket, to: path) && listen(socket, 64) == 0
        }
        guard isBound, rename(path(of: hidden).cPath, path(of: door).cPath) == 0 else {
            let failure = RunControlError(errno: errno, "\(path(of: door)) can't be made")
            unlink(path(of: hidden).cPath)
            throw failure
        }
    }

    /// A connection to the door that a build is behind.
    func connect(to id: BuildID) -> Result<Int32, UnixSocket.Refusal> {
        withAddress(of: id.description, in: Self.builds) { UnixSocket.connect($0) }
    }

    /// Calls with a path that a socket's address has room for.
    private func withAddress<R>(of name: String, in folder: String, _ body: (String) -> R) -> R {
        let path = "\(run.path(of: folder))/\(name)"
        guard path.utf8.count > UnixSocket.longestPath || path.hasRawBytes else { return body(path) }
        let raw = open(run.path(of: folder).cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { return body(path) }
        let directory = OwnedDescriptor(adopting: raw)
        return body("/proc/self/fd/\(directory.number)/\(name)")
    }

    /// Removes what processes left behind that were killed, once there are more doors than are left alone.
    func sweep(leaving few: Int = unswept) {
        let folder = run.path(of: Self.doors)
        guard few == 0 || DirectoryNames.sorted(in: folder, limit: few + 1).count > few else { return }
        for folder in [Self.builds, Self.doors] {
            let path = run.path(of: folder)
            let names = DirectoryNames.sorted(in: path, limit: Self.sweptAtMost, where: { !$0.hasPrefix(".") })
            for name in names where isAbandoned(name, in: folder) { unlink("\(path)/\(name)".cPath) }
        }
    }

    /// Whether nobody answers at a socket any more.
    private func isAbandoned(_ name: String, in folder: String) -> Bool {
        switch withAddress(of: name, in: folder, { UnixSocket.connect($0) }) {
        case .success(let descriptor):
            close(descriptor)
            return false
        case .failure(let refusal): return [ECONNREFUSED, ENOENT].contains(refusal.code)
        }
    }
}
