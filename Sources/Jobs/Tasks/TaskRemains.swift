package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// What runs of tasks have left on this machine: noted in the state directory, and removed when it is too old.
///
/// ```
/// tasks/<run>      artifacts 64769:1234:99 /home/me/.local/state/caisson/artifacts/build-123
///                  what     device:inode:generation                                   path
/// ```
/// Only directories are noted that a run has made itself below `artifact_dir` or `workspace_root`. What stands at a noted path
/// is ours as long as it is that very directory: one that somebody else has put there stays as it is. A run holds a lock
/// on its note until it has ended, and the note's age is counted from then.
package struct TaskRemains: Sendable {
    /// The directory of the notes.
    let directory: String
    /// So many notes are read at a time.
    private static let limit = 10_000

    /// What is noted in a state directory; nil where nothing can be noted there.
    package init?(stateDirectory: String) {
        directory = stateDirectory + "/tasks"
        guard (try? StateDirectory.prepareOwn(directory, userID: geteuid())) != nil else { return nil }
    }

    /// Removes what is older than it may become.
    ///
    /// - Parameters:
    ///   - ages: How old each kind may become.
    ///   - run: The run that has just ended, of which nothing is removed.
    ///   - isPinned: Whether somebody wants the directories of a run to stay.
    package func clear(
        _ ages: [TaskShare: Duration],
        but run: BuildID,
        now: Timestamp = .now,
        isPinned: (BuildID) async -> Bool
    ) async {
        for id in runs where id != run {
            let note = path(of: id)
            // Whoever has the lock hasn't ended.
            guard let lock = try? FileLock.attempt(note, .exclusive), let age = Self.age(of: note, now: now) else {
                continue
            }
            let entries = entries(of: id)
            let isOld = { (entry: Entry) in ages[entry.share].map { age >= $0 } ?? false }
            let old = entries.filter { $0.isThere && isOld($0) }
            if !old.isEmpty, await !isPinned(id) { for entry in old { DirectoryRemoval.remove(entry.path) } }
            // What couldn't be removed is tried again the next time.
            let rest = entries.filter(\.isThere)
            if rest.isEmpty { unlink(note.cPath) } else if rest != entries { write(rest, of: id, time: age, now) }
            lock.release()
        }
    }

    /// Whether a directory is one that a run has left at a path.
    func knows(_ path: String) -> Bool {
        guard let identity = DirectoryIdentity(of: path) else { return false }
        return runs.contains { id in
            entries(of: id).contains { $0.path == path && $0.identity == identity }
        }
    }

    // MARK: Notes

    /// A directory that a run has left.
    struct Entry: Hashable {
        var share: TaskShare
        var identity: DirectoryIdentity
        var path: String

        /// Whether the very directory is still there.
        var isThere: Bool { DirectoryIdentity(of: path) == identity }

        fileprivate var line: String { "\(share.rawValue) \(identity.text) \(path)\n" }

        init(_ share: TaskShare, _ identity: DirectoryIdentity, _ path: String) {
            (self.share, self.identity, self.path) = (share, identity, path)
        }

        fileprivate init?(_ line: Substring) {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3, words[2].hasPrefix("/"), let share = TaskShare(rawValue: String(words[0])),
                let identity = DirectoryIdentity(String(words[1]))
            else { return nil }
            self.init(share, identity, String(words[2]))
        }
    }

    private var runs: [BuildID] {
        DirectoryNames.sorted(in: directory, limit: Self.limit) { BuildID($0) != nil }.compactMap { BuildID($0) }
    }

    func path(of run: BuildID) -> String { "\(directory)/\(run)" }

    private func entries(of run: BuildID) -> [Entry] {
        guard let bytes = try? BoundedFile.read(path(of: run), limit: 64 << 10) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { Entry($0) }
    }

    private static func age(of note: String, now: Timestamp) -> Duration? {
        var status = stat()
        guard lstat(note.cPath, &status) == 0 else { return nil }
        return .seconds(max(0, now.seconds - Int64(status.st_mtim.tv_sec)))
    }

    /// Writes a note into the file that is there, which may be locked.
    ///
    /// - Parameter age: How old it is to look; zero for one that is as old as it is.
    func write(_ entries: [Entry], of run: BuildID, time age: Duration = .zero, _ now: Timestamp = .now) {
        let file = open(path(of: run).cPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        try? BorrowedDescriptor(number: file).write(Array(entries.map(\.line).joined().utf8))
        guard age > .zero else { return }
        let time = timespec(tv_sec: Int(now.seconds - age.components.seconds), tv_nsec: 0)
        _ = futimens(file, [time, time])
    }
}

/// What leaves a task.
package enum TaskShare: String, Sendable, Hashable, CaseIterable {
    /// What its steps leave in `/artifacts`.
    case artifacts
    /// What they leave in `/workspace`.
    case workspace
}

/// Which directory it is, so that one made later under the same name isn't taken for it.
struct DirectoryIdentity: Hashable {
    private var device: UInt64
    private var inode: UInt64
    /// What file systems count up when they use an inode again; 0 where they don't tell.
    private var generation: UInt32 = 0

    /// The directory that stands at a path, and not behind a link there; nil where none does.
    init?(of path: String) {
        let descriptor = open(path.cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        var number = 0
        // FS_IOC_GETVERSION of linux/fs.h, a macro that Swift doesn't see.
        if ioctl(descriptor, 0x8008_7601, &number) == 0 { generation = UInt32(truncatingIfNeeded: number) }
    }

    /// Reads what `text` is.
    init?(_ text: String) {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) }
        guard numbers.count == 3, let device = numbers[0], let inode = numbers[1], let number = numbers[2] else {
            return nil
        }
        guard let generation = UInt32(exactly: number) else { return nil }
        (self.device, self.inode, self.generation) = (device, inode, generation)
    }

    var text: String { "\(device):\(inode):\(generation)" }
}
