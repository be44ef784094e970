import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The folder of a store, an image layout of the OCI: `oci-layout`, `index.json` and `blobs/sha256`.
///
/// Nothing in it is trusted: files are regular ones that no link leads to, of a bounded size, and named by digests
/// alone.
struct StoreFolder: Sendable {
    /// What the names of files begin with that aren't done; who has the lock may remove them.
    static let temporary = ".caisson-new."
    static let lockName = ".caisson.lock"
    private static let version = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

    let path: String

    func path(_ name: String) -> String { PathFacts.join(path, name) }
    var blobs: String { path("blobs/sha256") }
    func blob(_ digest: ContentDigest) -> String { PathFacts.join(blobs, digest.hex) }

    /// Makes the folder when nothing is in it yet; what is no store stays as it is.
    func create() throws(CacheMountError) {
        let names = DirectoryNames.sorted(in: path, limit: 3) { $0 != Self.lockName && !$0.hasPrefix(Self.temporary) }
        // `blobs` alone is what a save leaves that was killed at its very beginning.
        guard names.isEmpty || names == ["blobs"] else { return try check() }
        do throws(Errno) {
            try Directories.make(blobs)
            try AtomicFile.replace(path("oci-layout"), with: Self.version, .usual, isSynced: true)
        } catch {
            throw .failed("write", path, error)
        }
        try check()
    }

    /// Refuses a folder that is no store.
    func check() throws(CacheMountError) {
        let what = "no store of cache mounts"
        guard case .directory = PathFacts.kind(of: path) else {
            guard case .missing = PathFacts.kind(of: path) else { throw notStore("\(what): it is no folder") }
            throw CacheMountError(.notFound, "\(path.quoted) isn't there; save a mount first, or name another store")
        }
        guard let bytes = try read("oci-layout", limit: 4096) else { throw notStore("\(what): it has no oci-layout") }
        guard bytes == Self.version else { throw notStore("\(what), or one of another version") }
        for name in ["blobs", "blobs/sha256"] {
            guard PathFacts.linkTarget(of: path(name)) == nil, case .directory = PathFacts.kind(of: path(name)) else {
                throw notStore("\(what): \(name) is no folder")
            }
        }
    }

    /// The bytes of a small file; nil where there is none.
    func read(_ name: String, limit: Int) throws(CacheMountError) -> [UInt8]? {
        guard let file = try open(path(name)) else { return nil }
        do throws(Errno) {
            let bytes = try BorrowedDescriptor(number: file.raw).read(upTo: limit + 1)
            guard bytes.count <= limit else { throw Errno(EFBIG) }
            return bytes
        } catch {
            guard error.number == EFBIG else { throw .failed("read", path(name), error) }
            throw CacheMountError(.limitExceeded, "\(path(name).quoted) has more than \(limit) bytes")
        }
    }

    /// Opens a blob that has this size.
    func openBlob(_ digest: ContentDigest, size: Int64) throws(CacheMountError) -> SharedDescriptor {
        guard let file = try open(blob(digest)) else { throw .damaged(blob(digest), "it is missing") }
        guard let status = file.status(), status.st_size == size else {
            throw .damaged(blob(digest), "its size isn't \(size) bytes")
        }
        return file
    }

    private func open(_ path: String) throws(CacheMountError) -> SharedDescriptor? {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = SharedDescriptor.open(path.cPath, under: AT_FDCWD, flags, failure: &failure) else {
            switch failure {
            case ENOENT: return nil
            case ELOOP: throw .damaged(path, "it is a link")
            default: throw .failed("read", path, Errno(failure))
            }
        }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(path, "it is no file")
        }
        return file
    }

    private func notStore(_ what: String) -> CacheMountError {
        CacheMountError(.notStore, "\(path.quoted) is \(what); name an empty folder or a new one")
    }
}

extension StoreFolder {
    /// Calls with the store's lock, which the one who writes has.
    func locked<Result>(
        patience: Duration,
        name: String = lockName,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try await lock(name, patience: patience)
        do {
            let result = try await body()
            lock.release()
            return result
        } catch {
            lock.release()
            throw error
        }
    }

    private func lock(_ name: String, patience: Duration) async throws -> FileLock {
        do throws(Errno) {
            try Directories.make(path)
        } catch {
            throw CacheMountError.failed("make", path, error)
        }
        do {
            let end = ContinuousClock.now + patience
            if let lock = try await FileLock.wait(path(name), .exclusive, until: end) { return lock }
        } catch let error as SystemError {
            // The error's own advice is about another folder.
            let isOurs = PathFacts.refusal(of: path, W_OK) == nil
            let reason = isOurs ? error.message : "the folder can't be written"
            throw CacheMountError(.system, "can't lock \(path.quoted): \(reason)")
        }
        throw CacheMountError(.busy, "\(path.quoted) is in use by another program; try it again")
    }

    /// Removes what killed saves left, and blobs that none of these mounts has.
    func sweep(keeping mounts: [StoredMount]) {
        for name in DirectoryNames.sorted(in: path, limit: 10_000, where: { $0.hasPrefix(Self.temporary) }) {
            unlink(path(name).cPath)
        }
        var kept = Set(mounts.flatMap { [$0.layer.hex, $0.manifest.hex] })
        kept.insert(ContentDigest(of: MountManifest.config).hex)
        for name in DirectoryNames.sorted(in: blobs, limit: 1_000_000, where: { !kept.contains($0) }) {
            unlink(PathFacts.join(blobs, name).cPath)
        }
    }
}
