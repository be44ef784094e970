import CaissonSystem
import CaissonText
import Glibc

/// The locks of a layout's index: of BuildKit's clients and of this program's builds.
///
/// BuildKit's clients (`StoreIndex.Put` and `Read` of `client/ociindex/ociindex.go`) lock `index.json.lock` by flock
/// and remove it once they let go of it. They try only once: a build that ends while somebody else has the lock fails,
/// and one that begins goes without the cache. So it is held for as long as it takes to write one small file.
///
/// Builds of this program lock the folder itself (`ImageLayout.tag`).
struct LayoutLock: ~Copyable {
    static let name = "index.json.lock"

    private let root: SharedDescriptor
    private let file: SharedDescriptor
    // The kernel drops the folder's lock with this descriptor.
    private let directory: SharedDescriptor

    private init(root: SharedDescriptor, file: SharedDescriptor, directory: SharedDescriptor) {
        self.root = root
        self.file = file
        self.directory = directory
    }

    deinit {
        // Before it is let go of, so that nobody's fresh lock is removed, as it can happen among BuildKit's clients.
        if Self.isThere(file, under: root) { unlinkat(root.raw, Self.name, 0) }
    }

    /// Lets go of both.
    consuming func release() {}

    /// Both locks, or nil when somebody else has one of them.
    static func attempt(_ folder: LayoutFolder) throws(LocalCacheError) -> LayoutLock? {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_DIRECTORY
        // A lock belongs to what opened it, so the folder is opened anew.
        guard let directory = SharedDescriptor.open(".", under: folder.root.raw, flags, failure: &failure) else {
            throw .failed("open", folder.path, failure)
        }
        guard try lock(directory, folder.path) else { return nil }
        let path = PathFacts.join(folder.path, name)
        let creating = O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = SharedDescriptor.open(name, under: folder.root.raw, creating, mode: 0o644, failure: &failure)
        guard let file = opened else { throw .failed("lock", path, failure) }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG else {
            throw LocalCacheError(.system, "\(path.quoted) is no file; remove it")
        }
        guard try lock(file, path) else { return nil }
        // Who had it may have removed the file meanwhile, and a lock on that one is a lock on nothing.
        guard isThere(file, under: folder.root) else { return nil }
        return LayoutLock(root: folder.root, file: file, directory: directory)
    }

    /// Both locks, waited for.
    ///
    /// - Parameter patience: After how long it is an error that somebody else has one.
    static func wait(_ folder: LayoutFolder, patience: Duration = .seconds(10)) async throws -> LayoutLock {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            if let lock = try attempt(folder) { return lock }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw LocalCacheError(
            .busy,
            "\(PathFacts.join(folder.path, name).quoted) is locked by another program; nothing was removed; "
                + "try it again"
        )
    }

    private static func lock(_ file: SharedDescriptor, _ path: String) throws(LocalCacheError) -> Bool {
        while flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            case let number: throw .failed("lock", path, number, advice: "copy the folder to a local disk")
            }
        }
        return true
    }

    private static func isThere(_ file: SharedDescriptor, under root: SharedDescriptor) -> Bool {
        var named = stat()
        guard let status = file.status(), fstatat(root.raw, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else {
            return false
        }
        return FileIdentity(status) == FileIdentity(named)
    }
}
