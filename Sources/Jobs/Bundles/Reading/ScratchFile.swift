package import CaissonSystem
import Glibc

/// A file without a name, which is gone when its owner is: where what is in a bundle lies while it is looked at.
package final class ScratchFile {
    /// `O_TMPFILE`, which the Glibc module doesn't have.
    private static let namelessFile = 0o20_000_000 | O_DIRECTORY

    private let descriptor: OwnedDescriptor

    /// Takes over a file that can be read and written, and that is empty.
    package init(adopting descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// Makes one in a directory.
    ///
    /// - Throws: Why it can't be made there.
    package static func make(in directory: String) throws(Errno) -> ScratchFile {
        let nameless = open(directory, O_RDWR | O_CLOEXEC | namelessFile, 0o600)
        if nameless >= 0 { return ScratchFile(adopting: OwnedDescriptor(adopting: nameless)) }
        // Some file systems have no files without a name.
        var template = Array("\(directory)/caisson-bundle.XXXXXX".utf8CString)
        let named = mkstemp(&template)
        guard named >= 0 else { throw .last }
        _ = fcntl(named, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return ScratchFile(adopting: OwnedDescriptor(adopting: named))
    }

    /// Writes all bytes at a place.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor.number, rest.baseAddress, rest.count, Int(offset) + done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw .last
            }
        }
    }

    /// Reads so many bytes at a place; fewer where the file ends.
    func read(at offset: Int64, _ count: Int) throws(Errno) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                let read = pread(descriptor.number, rest.baseAddress, rest.count, Int(offset) + filled)
                if read > 0 {
                    filled += read
                } else if read == 0 || errno != EINTR {
                    failure = read == 0 ? 0 : errno
                    return
                }
            }
        }
        guard failure == 0 else { throw Errno(failure) }
        return bytes
    }
}
