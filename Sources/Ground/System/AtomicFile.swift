import CaissonText
import Glibc

/// A file that readers see whole, the old or the new one: it is written beside its name and then moved there.
///
/// One that is let go of before it was kept leaves nothing behind.
package struct AtomicFile: ~Copyable {
    /// Who may do what with the new file.
    package enum Permissions: Sendable {
        /// Its owner alone may read and write it.
        case ownerOnly
        /// The same as with the file that it replaces; for a new one, what this process's umask leaves.
        case usual
        /// The same as with a file that was there before.
        case like(FileTraits)
    }

    /// Where the bytes go.
    package let descriptor: Int32
    /// What the file is called when it is kept.
    package let path: String
    private let temporary: String
    private var isInPlace = false

    private init(adopting descriptor: Int32, path: String, temporary: String) {
        self.descriptor = descriptor
        self.path = path
        self.temporary = temporary
    }

    deinit {
        close(descriptor)
        if !isInPlace { unlink(temporary.cPath) }
    }

    /// Makes the file beside its name.
    package static func open(_ path: String, _ permissions: Permissions) throws(Errno) -> AtomicFile {
        var traits: FileTraits?
        var mode: mode_t = 0o600
        switch permissions {
        case .ownerOnly: break
        case .like(let old): traits = old
        case .usual:
            traits = FileTraits(of: path)
            mode = 0o666
        }
        let temporary = unusedName(beside: path)
        let descriptor = Glibc.open(temporary.cPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .last }
        traits?.apply(to: descriptor)
        return AtomicFile(adopting: descriptor, path: path, temporary: temporary)
    }

    /// Gives the file its name, in place of one that has it.
    ///
    /// - Parameter isSynced: Whether its bytes are on the disk first; a file system may tell only then that it is full.
    package consuming func replace(isSynced: Bool = false) throws(Errno) {
        if isSynced { guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last } }
        guard rename(temporary.cPath, path.cPath) == 0 else { throw .last }
        isInPlace = true
    }

    /// Gives the file its name where no file has it yet; of several that do this at once, the first one's stays.
    package consuming func keepFirst() throws(Errno) {
        guard link(temporary.cPath, path.cPath) == 0 || errno == EEXIST else { throw .last }
    }

    /// A hidden name in the same directory, so that moving it is one step.
    private static func unusedName(beside path: String) -> String {
        let (directory, name) = PathFacts.split(path)
        // A name near the limit of 255 bytes leaves no room for ours beside it.
        let stem = name.utf8.count > 200 ? "file" : name
        return PathFacts.join(directory, ".\(stem).\(getpid()).\(String(UInt32.random(in: 0 ... .max), radix: 16))")
    }
}

extension AtomicFile {
    /// Puts bytes under a name at once.
    package static func replace(
        _ path: String,
        with content: [UInt8],
        _ permissions: Permissions,
        isSynced: Bool = false
    ) throws(Errno) {
        let file = try open(path, permissions)
        try BorrowedDescriptor(number: file.descriptor).write(content)
        try file.replace(isSynced: isSynced)
    }

    /// Puts bytes under a name that no file has yet; an existing one stays.
    package static func create(_ path: String, with content: [UInt8]) throws(Errno) {
        let file = try open(path, .ownerOnly)
        try BorrowedDescriptor(number: file.descriptor).write(content)
        try file.keepFirst()
    }

    /// Writes a small file of our own, readable by its owner alone.
    package static func replace(_ path: String, with content: [UInt8]) throws(SystemError) {
        do throws(Errno) {
            try replace(path, with: content, .ownerOnly)
        } catch {
            throw SystemError(errno: error.number, "\(path) can't be written")
        }
    }
}
