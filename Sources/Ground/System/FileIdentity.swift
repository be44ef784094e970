import CaissonText
package import Glibc

/// Which file a `stat` is about.
package struct FileIdentity: Hashable, Sendable {
    /// The device.
    package let device: UInt64
    /// The inode.
    package let inode: UInt64

    /// Which file a status is of.
    package init(_ status: stat) {
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
        guard stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }
}
