import CaissonSystem
import CaissonText
import Glibc

/// A file without a name, which is gone with the one that holds it, however that ends.
final class NamelessSpool {
    private let descriptor: OwnedDescriptor
    private let folder: String
    private(set) var size: Int64 = 0

    /// Makes one on the file system of a folder.
    init(in folder: String) throws(CacheMountError) {
        self.folder = folder
        // O_TMPFILE, which the Glibc module doesn't have: 020000000 | O_DIRECTORY.
        var number = open(folder.cPath, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
        if number < 0 {
            // Not all file systems can do that.
            var template = PathFacts.join(folder, "\(StoreFolder.temporary)XXXXXX").cPath
            number = mkstemp(&template)
            guard number >= 0 else { throw .failed("write in", folder, .last) }
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            unlink(template)
        }
        descriptor = OwnedDescriptor(adopting: number)
    }

    /// Adds bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(CacheMountError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor.number, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                size += Int64(count)
            } else if errno != EINTR {
                throw .failed("write in", folder, .last)
            }
        }
    }

    /// Reads bytes from a place on; as many as the buffer has.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(CacheMountError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor.number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                throw .failed("read a temporary file in", folder, count == 0 ? Errno(EIO) : .last)
            }
        }
    }
}
