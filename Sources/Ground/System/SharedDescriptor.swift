package import Glibc

/// An open file descriptor, closed when its last user lets go of it.
package final class SharedDescriptor: Sendable {
    /// The number, valid as long as this object is held.
    package let raw: Int32

    /// Takes a descriptor over from whoever opened it.
    package init(adopting raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Opens a name under a directory; nil with `errno` in `failure` when that fails.
    package static func open(
        _ name: UnsafePointer<CChar>,
        under directory: Int32,
        _ flags: Int32,
        mode: mode_t = 0,
        failure: inout Int32
    ) -> SharedDescriptor? {
        while true {
            let raw = openat(directory, name, flags | O_CLOEXEC, mode)
            if raw >= 0 { return SharedDescriptor(adopting: raw) }
            failure = errno
            if failure != EINTR { return nil }
        }
    }

    /// Opens a directory under a directory, never through a symbolic link.
    package static func openDirectory(
        _ name: UnsafePointer<CChar>,
        under directory: Int32,
        failure: inout Int32
    ) -> SharedDescriptor? {
        open(name, under: directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, failure: &failure)
    }

    /// What `fstat` says.
    package func status() -> stat? {
        var status = stat()
        return fstat(raw, &status) == 0 ? status : nil
    }
}
