import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

extension LayoutFolder {
    /// Always the same name, so that what a crash left is replaced the next time; only who has the lock writes it.
    static let temporaryName = ".index.json.caisson"

    /// Writes the index beside its name and moves it there; readers see the old one or the new one, whole.
    ///
    /// It keeps the old one's owner and permissions as far as this process may.
    ///
    /// - Parameter written: Called when the new one is on the disk and doesn't have its name yet.
    /// - Returns: What tells whether it is still the same later.
    func replaceIndex(with bytes: [UInt8], written: () throws -> Void) throws -> FileStamp {
        let path = PathFacts.join(path, Self.temporaryName)
        unlinkat(root.raw, Self.temporaryName, 0)
        var failure: Int32 = 0
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let opened = SharedDescriptor.open(Self.temporaryName, under: root.raw, flags, mode: 0o644, failure: &failure)
        guard let file = opened else { throw LocalCacheError.failed("write", path, failure) }
        do {
            keepTraits(file)
            do {
                try BorrowedDescriptor(number: file.raw).write(bytes)
            } catch {
                throw LocalCacheError.failed("write", path, error.number, advice: "nothing was changed")
            }
            guard fsync(file.raw) == 0 || errno == EINVAL else { throw LocalCacheError.failed("write", path, errno) }
            try written()
            guard renameat(root.raw, Self.temporaryName, root.raw, LayoutIndex.name) == 0 else {
                throw LocalCacheError.failed("rename", path, errno)
            }
        } catch {
            unlinkat(root.raw, Self.temporaryName, 0)
            throw error
        }
        // Blobs go only when it is sure that the index that names them is gone.
        guard fsync(root.raw) == 0 || errno == EINVAL else { throw LocalCacheError.failed("write", self.path, errno) }
        guard let status = file.status() else { throw LocalCacheError.failed("read", path, errno) }
        return FileStamp(status)
    }

    private func keepTraits(_ file: SharedDescriptor) {
        guard let old = status(LayoutIndex.name, under: root.raw) else { return }
        // Who may not give files away may give them to a group of his.
        if fchown(file.raw, old.st_uid, old.st_gid) != 0 { _ = fchown(file.raw, uid_t.max, old.st_gid) }
        fchmod(file.raw, old.st_mode & 0o777)
    }

    /// What came of a removal.
    enum Removal {
        /// It is gone now.
        case removed
        /// It was gone already.
        case vanished
        /// It isn't what it was when the plan was made, so it stays.
        case changed
        /// The system refused.
        case failed(Errno)
    }

    /// Removes a blob that is still the one of a plan.
    static func remove(_ blob: LocalCachePlan.Blob, under directory: Int32) -> Removal {
        let name = blob.digest.hex
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            return errno == ENOENT ? .vanished : .failed(.last)
        }
        let facts = BlobFacts(status)
        guard status.st_mode & S_IFMT == S_IFREG, facts.size == blob.facts.size, facts.written == blob.facts.written
        else { return .changed }
        guard unlinkat(directory, name, 0) == 0 else { return errno == ENOENT ? .vanished : .failed(.last) }
        return .removed
    }

    /// Removes what a write left in `ingest`, when it is still as old as that: a file, or a directory with the files in
    /// it; what lies deeper stays, and so does a link.
    func removeIngest(_ name: String, writtenBefore limit: Timestamp) -> Removal {
        guard let parent = Self.directory("ingest", under: root.raw),
            let one = Self.ingest(name, under: parent.raw)
        else { return .vanished }
        guard one.written <= limit else { return .changed }
        guard let directory = Self.directory(name, under: parent.raw) else {
            if unlinkat(parent.raw, name.cPath, 0) == 0 { return .removed }
            return errno == ENOENT ? .vanished : .failed(.last)
        }
        var names: [[CChar]] = []
        DirectoryNames.visit(directory.raw) { file in
            names.append(Array(UnsafeBufferPointer(start: file, count: strlen(file) + 1)))
            return names.count < 1000
        }
        for file in names { unlinkat(directory.raw, file, 0) }
        return unlinkat(parent.raw, name.cPath, AT_REMOVEDIR) == 0 ? .removed : .failed(.last)
    }
}
