import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A blob that is being written; it gets its name when it is known what is in it.
final class NewBlob {
    private let folder: StoreFolder
    private let path: String
    private let file: SharedDescriptor
    private let hasher = DigestHasher()
    private let limit: Int64
    private var isInPlace = false
    private(set) var size: Int64 = 0

    /// - Parameter limit: The most bytes that it may have.
    init(in folder: StoreFolder, limit: Int64 = .max) throws(CacheMountError) {
        self.folder = folder
        self.limit = limit
        let name = "\(StoreFolder.temporary)\(getpid()).\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        path = folder.path(name)
        var failure: Int32 = 0
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        guard let file = SharedDescriptor.open(path.cPath, under: AT_FDCWD, flags, mode: 0o644, failure: &failure)
        else { throw .failed("write", path, Errno(failure)) }
        self.file = file
    }

    deinit {
        if !isInPlace { unlink(path.cPath) }
    }

    var digest: ContentDigest { hasher.finish() }

    /// The file, for reading what was written.
    var descriptor: SharedDescriptor { file }

    func write(_ bytes: UnsafeRawBufferPointer) throws(CacheMountError) {
        guard size.clampedAdding(Int64(bytes.count)) <= limit else {
            throw CacheMountError(
                .limitExceeded,
                "the mount takes more than the \(limit) bytes that are left for it; nothing was changed"
            )
        }
        hasher.update(bytes)
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.raw, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw .failed("write", path, .last)
            }
        }
        size += Int64(bytes.count)
    }

    /// Gives it its name once it is on the disk.
    func keep() throws(CacheMountError) {
        let name = folder.blob(digest)
        guard fsync(file.raw) == 0 || errno == EINVAL else { throw .failed("write", path, .last) }
        guard rename(path.cPath, name.cPath) == 0 else { throw .failed("write", name, .last) }
        isInPlace = true
    }

    /// Writes a small blob at once.
    static func keep(_ bytes: [UInt8], in folder: StoreFolder) throws(CacheMountError) {
        let blob = try NewBlob(in: folder)
        try bytes.withUnsafeBufferPointer { bytes throws(CacheMountError) in
            try blob.write(UnsafeRawBufferPointer(bytes))
        }
        try blob.keep()
    }
}
