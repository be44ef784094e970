import CaissonSystem
import CaissonText
import CaissonBuildModel
import Glibc
import Synchronization

/// An OCI image layout in a directory: blobs by their digest, and `index.json` with the tags.
///
/// Everything is reached from the directory's descriptor, and never through a symbolic link below it. A blob appears
/// under its name only when it is complete and its digest is right. The index is replaced in one step.
package final class ImageLayout: Sendable {
    /// The path as it was given.
    package let path: String
    let root: SharedDescriptor
    let blobs: SharedDescriptor?
    private let manifest = Mutex<BlobInfo?>(nil)

    /// A blob by its digest.
    package struct BlobInfo: Sendable, Hashable {
        /// `sha256:` and 64 digits.
        package var digest: String
        /// The size in bytes.
        package var size: Int64
    }

    /// Opens a layout to read from.
    package static func open(_ path: String) throws(BuildContextError) -> ImageLayout {
        let root = try directory(path, under: AT_FDCWD, of: path)
        guard let parent = try? directory("blobs", under: root.raw, of: path),
            let blobs = try? directory("sha256", under: parent.raw, of: path)
        else {
            throw BuildContextError(
                .notFound,
                "\(displayed(path.pathBytes)) is no OCI layout: it has no blobs/sha256"
            )
        }
        return ImageLayout(path: path, root: root, blobs: blobs)
    }

    /// Opens a layout to write to, and makes its directories.
    package static func create(_ path: String) throws(BuildContextError) -> ImageLayout {
        try makeDirectories(path)
        let root = try directory(path, under: AT_FDCWD, of: path)
        var parent = root
        for name in ["blobs", "sha256"] {
            guard mkdirat(parent.raw, name, 0o755) == 0 || errno == EEXIST else {
                throw .failed("make a directory in", path.pathBytes, errno)
            }
            parent = try directory(name, under: parent.raw, of: path)
        }
        return ImageLayout(path: path, root: root, blobs: parent)
    }

    private init(path: String, root: SharedDescriptor, blobs: SharedDescriptor) {
        self.path = path
        self.root = root
        self.blobs = blobs
    }

    /// The manifest that was written last, so after everything that it names; nil before there is one.
    package var lastWritten: BlobInfo? { manifest.withLock { $0 } }

    /// Notes a write of a blob that is here already.
    package func noteWritten(_ info: BlobInfo) { manifest.withLock { $0 = info } }

    /// What is known about a blob; nil when it isn't there.
    package func blob(_ digest: String) throws(BuildContextError) -> BlobInfo? {
        guard let file = try openBlob(digest), let status = file.status() else { return nil }
        return BlobInfo(digest: digest, size: Int64(status.st_size))
    }

    /// Opens a blob for reading; nil when it isn't there.
    package func reader(_ digest: String) throws(BuildContextError) -> BlobReader? {
        guard let file = try openBlob(digest), let status = file.status() else { return nil }
        return BlobReader(file: file, size: Int64(status.st_size))
    }

    /// Begins a blob.
    package func writer() throws(BuildContextError) -> BlobWriter {
        guard let blobs else { throw BuildContextError(.system, "\(path) isn't open for writing") }
        return try BlobWriter(in: blobs, path: path) { info in self.manifest.withLock { $0 = info } }
    }

    /// The whole content of a small blob, checked against its digest.
    package func content(_ digest: String, limit: Int64 = 16 << 20) throws(BuildContextError) -> [UInt8] {
        guard let reader = try reader(digest) else {
            throw BuildContextError(.notFound, "\(path) has no blob \(digest)")
        }
        guard reader.size <= limit else {
            throw BuildContextError(.limitExceeded, "\(path): the blob \(digest) is larger than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        while true {
            let piece = try reader.read(at: Int64(bytes.count), count: 1 << 20)
            if piece.isEmpty { break }
            bytes += piece
        }
        guard ContentDigest(of: bytes).description == digest else {
            throw BuildContextError(.changed, "\(path): the blob \(digest) has other content than its name says")
        }
        return bytes
    }

    private func openBlob(_ digest: String) throws(BuildContextError) -> SharedDescriptor? {
        guard let blobs, let name = Self.blobName(digest) else { return nil }
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = SharedDescriptor.open(name, under: blobs.raw, flags, failure: &failure) else {
            if failure == ENOENT { return nil }
            throw .failed("read a blob in", path.pathBytes, failure)
        }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }

    /// The file name for a digest; nil for anything but a SHA-256 digest, so that no digest can lead elsewhere.
    static func blobName(_ digest: String) -> String? {
        guard let (algorithm, hex) = digest.cut(at: ":"), algorithm == "sha256", hex.utf8.count == 64,
            hex.utf8.allSatisfy({ $0.isDigit || (0x61...0x66).contains($0) })
        else { return nil }
        return hex
    }

    private static func directory(
        _ name: String,
        under parent: Int32,
        of path: String
    ) throws(BuildContextError) -> SharedDescriptor {
        var failure: Int32 = 0
        // The directory that the user names may be a link; those below it may not.
        let flags = O_RDONLY | O_DIRECTORY | (parent == AT_FDCWD ? 0 : O_NOFOLLOW)
        guard let opened = SharedDescriptor.open(name.cPath, under: parent, flags, failure: &failure) else {
            throw .failed("open the directory", path.pathBytes, failure)
        }
        return opened
    }

    private static func makeDirectories(_ path: String) throws(BuildContextError) {
        do {
            try Directories.make(path)
        } catch {
            throw .failed("make the directory", path.pathBytes, error.number)
        }
    }
}
