import Glibc

/// An open file descriptor, closed when its last user lets go of it.
final class Descriptor: Sendable {
    /// The number, valid as long as this object is held.
    let raw: Int32

    init(adopting raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Opens a name under a directory; nil with `errno` in `failure` when that fails.
    static func open(
        _ name: UnsafePointer<CChar>,
        under directory: Int32,
        _ flags: Int32,
        mode: mode_t = 0,
        failure: inout Int32
    ) -> Descriptor? {
        while true {
            let raw = openat(directory, name, flags | O_CLOEXEC, mode)
            if raw >= 0 { return Descriptor(adopting: raw) }
            failure = errno
            if failure != EINTR { return nil }
        }
    }

    /// Opens a directory under a directory, never through a symbolic link.
    static func openDirectory(
        _ name: UnsafePointer<CChar>,
        under directory: Int32,
        failure: inout Int32
    ) -> Descriptor? {
        open(name, under: directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, failure: &failure)
    }

    /// What `fstat` says.
    func status() -> stat? {
        var status = stat()
        return fstat(raw, &status) == 0 ? status : nil
    }
}

/// Which file a `stat` is about.
package struct FileIdentity: Hashable, Sendable {
    /// The device.
    let device: UInt64
    /// The inode.
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Which file a descriptor is of; nil when that isn't a regular file.
    package init?(ofRegularFile descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    /// Which file a path leads to; nil when that isn't a regular file.
    package init?(ofRegularFile path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }
}

extension Collection<UInt8> {
    /// Calls with the bytes as a C string; they must not have a NUL in them.
    func withCPath<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var text = [CChar]()
        text.reserveCapacity(count + 1)
        for byte in self { text.append(CChar(bitPattern: byte)) }
        text.append(0)
        return try body(text)
    }
}
