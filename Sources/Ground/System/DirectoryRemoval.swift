import CaissonText
import Glibc

/// Removes directories with all that is in them, without following links and without leaving the file system.
package enum DirectoryRemoval {
    /// Deeper ones stay: each level takes two descriptors.
    private static let deepest = 200

    /// Removes what stands at a path, as far as that can be done.
    package static func remove(_ path: String) {
        let (parent, name) = PathFacts.split(path)
        let descriptor = open(parent.cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstatat(descriptor, name.cPath, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        remove(name.cPath, in: descriptor, device: status.st_dev, depth: 0)
    }

    private static func remove(_ name: UnsafePointer<CChar>, in parent: Int32, device: dev_t, depth: Int) {
        guard unlinkat(parent, name, 0) != 0, depth < deepest else { return }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
        var descriptor = openat(parent, name, flags)
        if descriptor < 0, errno == EACCES, fchmodat(parent, name, 0o700, 0) == 0 {
            descriptor = openat(parent, name, flags)
        }
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_dev == device else { return }
        if status.st_mode & 0o300 != 0o300 { fchmod(descriptor, 0o700) }
        DirectoryNames.visit(descriptor) { child in
            remove(child, in: descriptor, device: device, depth: depth + 1)
            return true
        }
        unlinkat(parent, name, AT_REMOVEDIR)
    }
}
