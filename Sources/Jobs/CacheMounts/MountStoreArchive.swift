import CaissonArchive
import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A store in a tar file: the same image layout, which is unpacked beside the file while it is worked on.
///
/// It takes as much space again meanwhile. One program at a time works on it; what a killed one left is removed by the
/// next.
package struct MountStoreArchive: Sendable {
    /// The file, which need not be there before something is saved.
    package let path: String
    /// The most bytes that are unpacked.
    package let limit: Int64

    private static let mark = ".caisson-new."

    /// Names a file.
    package init(path: String, limit: Int64 = 1 << 40) {
        self.path = path
        self.limit = limit
    }

    /// Calls with the store, unpacked to a folder within `scratch`; the file stays as it is, so that a use can't be
    /// noted.
    ///
    /// Whoever has made `scratch` removes it.
    ///
    /// - Throws: `CacheMountError` when there is no such file or it is no store, and what `body` throws.
    package func reading<Result>(in scratch: String, _ body: (MountStore) async throws -> Result) async throws -> Result
    {
        _ = try status(isNewFine: false)
        let folder = StoreFolder(path: PathFacts.join(scratch, "unpacked"))
        try Self.make(folder)
        try unpack(to: folder)
        return try await body(MountStore(path: folder.path))
    }

    /// Calls with the store, and puts what it has then in the file's place in one step; an error leaves the file as it
    /// was.
    package func changing<Result>(_ body: (MountStore) async throws -> Result) async throws -> Result {
        let (directory, name) = PathFacts.split(path)
        let isThere = try status(isNewFine: true)
        let lock = StoreFolder(path: directory)
        return try await lock.locked(patience: .seconds(60), name: ".\(name).caisson.lock") {
            let prefix = ".\(name)\(Self.mark)"
            for old in DirectoryNames.sorted(in: directory, limit: 1000, where: { $0.hasPrefix(prefix) }) {
                Self.remove(PathFacts.join(directory, old))
            }
            let folder = StoreFolder(path: PathFacts.join(directory, prefix + String(getpid())))
            defer { Self.remove(folder.path) }
            try Self.make(folder)
            if isThere { try unpack(to: folder) }
            let store = MountStore(path: folder.path)
            let result = try await body(store)
            _ = try store.list()
            try pack(folder)
            return result
        }
    }

    /// Whether the file is there; a new one may not be fine.
    private func status(isNewFine: Bool) throws(CacheMountError) -> Bool {
        var status = stat()
        let isThere = stat(path.cPath, &status) == 0
        guard isThere || isNewFine else {
            throw CacheMountError(.notFound, "\(path.quoted) isn't there; save a mount first, or name another file")
        }
        guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
            throw CacheMountError(.notStore, "\(path.quoted) is no file; name a tar, or a new file")
        }
        return isThere
    }

    private static func make(_ folder: StoreFolder) throws(CacheMountError) {
        do throws(Errno) {
            try Directories.make(folder.blobs, mode: 0o700)
        } catch {
            throw .failed("make", folder.path, error)
        }
    }

    /// Removes a folder that has no more levels than a store.
    private static func remove(_ path: String, depth: Int = 0) {
        guard unlink(path.cPath) != 0, depth < 4 else { return }
        for name in DirectoryNames.sorted(in: path, limit: 1_000_000) {
            remove(PathFacts.join(path, name), depth: depth + 1)
        }
        rmdir(path.cPath)
    }
}

extension MountStoreArchive {
    private func unpack(to folder: StoreFolder) throws {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw CacheMountError.failed("read", path, .last) }
        let file = OwnedDescriptor(adopting: descriptor)
        let input = BorrowedDescriptor(number: file.number)
        var limits = TarReader.Limits()
        limits.entries = 10_000
        limits.contentBytes = limit
        do {
            var tar = try TarReader.open(limits: limits) { () throws(ArchiveError) in
                do throws(Errno) {
                    return try input.readOnce(upTo: 1 << 20)
                } catch {
                    throw ArchiveError(.system, "it can't be read: \(error)")
                }
            }
            while let entry = try tar.next() { try unpack(entry, &tar, to: folder) }
        } catch let error as ArchiveError {
            throw CacheMountError(.notStore, "\(path.quoted) is no store of cache mounts: \(error.message)")
        }
    }

    private func unpack(_ entry: TarEntry, _ tar: inout TarReader, to folder: StoreFolder) throws {
        guard !entry.isDirectory else { return }
        guard case .file = entry.kind, let bytes = MountPath.normalised(entry.path),
            let name = String(validating: bytes, as: UTF8.self), Self.isPart(name)
        else {
            let shown = String(decoding: entry.path, as: UTF8.self).quoted
            throw CacheMountError(.notStore, "\(path.quoted) is no store of cache mounts: it has \(shown) in it")
        }
        let target = folder.path(name)
        let descriptor = open(target.cPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CacheMountError.failed("unpack", path, .last) }
        let file = OwnedDescriptor(adopting: descriptor)
        let sink = DescriptorSink(file.number, name: target.quoted)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while case let count = try tar.read(into: buffer), count > 0 {
            try Task.checkCancellation()
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Whether a store has a file of that name.
    private static func isPart(_ name: String) -> Bool {
        if name == "oci-layout" || name == StoreIndex.name { return true }
        let prefix = "blobs/sha256/"
        let hex = name.utf8.dropFirst(prefix.utf8.count)
        return name.hasPrefix(prefix) && hex.count == 64 && hex.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    /// Writes the tar beside its name and moves it there; the same store gives the same bytes.
    private func pack(_ folder: StoreFolder) throws {
        let file: AtomicFile
        do throws(Errno) {
            file = try AtomicFile.open(path, .usual)
        } catch {
            throw CacheMountError.failed("write", path, error)
        }
        let sink = DescriptorSink(file.descriptor, name: path.quoted)
        var tar = try TarWriter.open { bytes throws(ArchiveError) in try sink.write(bytes) }
        let blobs = DirectoryNames.sorted(in: folder.blobs, limit: 10_000).map { "blobs/sha256/\($0)" }
        for name in ["oci-layout", StoreIndex.name] + blobs { try add(name, of: folder, to: &tar) }
        try tar.finish()
        do throws(Errno) {
            try file.replace(isSynced: true)
        } catch {
            throw CacheMountError.failed("write", path, error)
        }
    }

    private func add(_ name: String, of folder: StoreFolder, to tar: inout TarWriter) throws {
        var failure: Int32 = 0
        let source = folder.path(name)
        guard
            let file = SharedDescriptor.open(source.cPath, under: AT_FDCWD, O_RDONLY | O_NOFOLLOW, failure: &failure),
            let size = file.status()?.st_size
        else { throw CacheMountError.failed("read", source, Errno(failure)) }
        try tar.add(TarEntry(path: Array(name.utf8), kind: .file(size: Int64(size)), permissions: 0o644))
        var left = Int64(size)
        while left > 0 {
            try Task.checkCancellation()
            let bytes = try BorrowedDescriptor(number: file.raw).readOnce(upTo: 1 << 20)
            guard !bytes.isEmpty else { break }
            try bytes.withUnsafeBytes { try tar.write($0) }
            left -= Int64(bytes.count)
        }
    }
}
