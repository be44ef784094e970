import CaissonText
import CaissonBuildModel
import CaissonSystem
import Glibc

/// An open blob of an image layout.
package struct BlobReader: Sendable {
    private let file: SharedDescriptor
    /// The size in bytes.
    package let size: Int64

    init(file: SharedDescriptor, size: Int64) {
        self.file = file
        self.size = size
    }

    /// Reads up to `count` bytes from an offset; none at the end.
    package func read(at offset: Int64, count: Int) throws(BuildContextError) -> [UInt8] {
        let wanted = Int(min(Int64(count), max(0, size - offset)))
        guard wanted > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: wanted)
        var filled = 0
        while filled < wanted {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(file.raw, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(offset) + filled)
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw .failed("read", Array("a blob".utf8), errno)
            }
            filled += got
        }
        bytes.removeLast(wanted - filled)
        return bytes
    }
}

/// A blob of an image layout that is being written; it gets its name when it is complete.
///
/// It belongs to one task. A writer that is released before `finish` leaves nothing behind.
package struct BlobWriter: ~Copyable {
    private let directory: SharedDescriptor
    private let file: SharedDescriptor
    private let path: String
    private let temporary: [UInt8]
    private let done: @Sendable (ImageLayout.BlobInfo) -> Void
    private var hash = DigestHasher()
    /// How many bytes were written.
    package private(set) var offset: Int64 = 0

    init(
        in directory: SharedDescriptor,
        path: String,
        done: @escaping @Sendable (ImageLayout.BlobInfo) -> Void
    ) throws(BuildContextError) {
        let temporary = OutputDirectory.temporaryName()
        var failure: Int32 = 0
        let opened = temporary.withCPath {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            return SharedDescriptor.open($0, under: directory.raw, flags, mode: 0o644, failure: &failure)
        }
        guard let opened else { throw .failed("write a blob into", path.pathBytes, failure) }
        self.directory = directory
        self.path = path
        self.temporary = temporary
        self.done = done
        file = opened
    }

    deinit {
        temporary.withCPath { _ = unlinkat(directory.raw, $0, 0) }
    }

    /// Appends bytes.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(BuildContextError) {
        try writeAll(bytes, to: file, path: path)
        hash.update(bytes)
        offset += Int64(bytes.count)
    }

    /// Begins again.
    package mutating func restart() throws(BuildContextError) {
        guard ftruncate(file.raw, 0) == 0, lseek(file.raw, 0, SEEK_SET) == 0 else {
            throw .failed("write a blob into", path.pathBytes, errno)
        }
        hash = DigestHasher()
        offset = 0
    }

    /// The digest of what was written.
    package var digest: String { hash.finish().description }

    /// Gives the blob its name.
    ///
    /// - Parameter expected: The digest that it must have; nil for any.
    package consuming func finish(expected: String?) throws(BuildContextError) -> ImageLayout.BlobInfo {
        let info = ImageLayout.BlobInfo(digest: digest, size: offset)
        guard expected == nil || expected == info.digest, let name = ImageLayout.blobName(info.digest) else {
            throw BuildContextError(.protocolViolation, "a blob came as \(info.digest), not as \(expected ?? "")")
        }
        let failure: Int32 = temporary.withCPath { old in
            name.withCString { renameat(directory.raw, old, directory.raw, $0) == 0 ? 0 : errno }
        }
        guard failure == 0 else { throw .failed("write a blob into", path.pathBytes, failure) }
        done(info)
        return info
    }
}

/// Writes all bytes.
func writeAll(_ bytes: UnsafeRawBufferPointer, to file: SharedDescriptor, path: String) throws(BuildContextError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = Glibc.write(file.raw, piece.baseAddress, piece.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw .failed("write into", path.pathBytes, errno)
        }
        rest = rest.dropFirst(count)
    }
}

/// Writes all bytes.
func writeAll(_ bytes: [UInt8], to file: SharedDescriptor, path: String) throws(BuildContextError) {
    let result = bytes.withUnsafeBytes { bytes -> Result<Void, BuildContextError> in
        do throws(BuildContextError) {
            return .success(try writeAll(bytes, to: file, path: path))
        } catch {
            return .failure(error)
        }
    }
    try result.get()
}
