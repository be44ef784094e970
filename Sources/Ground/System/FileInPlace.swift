import CaissonText
import Glibc

/// Files that a user named for us to write, wherever the name leads.
///
/// A link stays a link, a file keeps its mode and owner, and no reader sees a half of the new one, as far as the system
/// allows that: where the directory can't be written or the file is a mount of its own, its bytes are replaced in place.
package enum FileInPlace {
    /// Puts bytes in the place of a file.
    ///
    /// - Parameter traits: Those of a file that was there before; nil for those of the one that is there now.
    package static func replace(
        _ path: String,
        with bytes: [UInt8],
        traits: FileTraits? = nil,
        isSynced: Bool = false
    ) throws(Errno) {
        let target = PathFacts.followed(path)
        do throws(Errno) {
            try AtomicFile.replace(target, with: bytes, traits.map { .like($0) } ?? .usual, isSynced: isSynced)
        } catch {
            guard mustKeep(target, after: error) else { throw error }
            try write(bytes, to: target)
        }
    }

    /// Writes bytes to what is there, a file that is open already, a pipe or a device.
    package static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
        let descriptor = open(path.cPath, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        try BorrowedDescriptor(number: descriptor).write(bytes)
    }

    /// Whether a file that can't be replaced for this reason is there and can be written.
    package static func mustKeep(_ path: String, after failure: Errno) -> Bool {
        guard [EACCES, EPERM, EROFS, EBUSY, EXDEV].contains(failure.number) else { return false }
        guard case .regular = PathFacts.kind(of: path) else { return false }
        return PathFacts.refusal(of: path, W_OK) == nil
    }

    /// Copies an open file's bytes, from its beginning, over those of a file that is there.
    package static func copy(_ source: Int32, over path: String) throws(Errno) {
        let descriptor = open(path.cPath, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var offset: off_t = 0
        while true {
            let count = sendfile(descriptor, source, &offset, 1 << 30)
            if count == 0 { return }
            guard count > 0 || errno == EINTR else { throw .last }
        }
    }
}
