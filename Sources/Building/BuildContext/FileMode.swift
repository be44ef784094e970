import Glibc

/// A file's kind and permissions in the bits of Go's `os.FileMode`, which the transfer protocol carries.
package struct FileMode: OptionSet, Sendable, Hashable {
    /// The bits.
    package var rawValue: UInt32

    /// Wraps bits, as they come from a peer.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A directory.
    package static let directory = FileMode(rawValue: 1 << 31)
    /// A symbolic link.
    package static let symlink = FileMode(rawValue: 1 << 27)
    /// A block device, or with `characterDevice` a character device.
    package static let device = FileMode(rawValue: 1 << 26)
    /// A FIFO.
    package static let namedPipe = FileMode(rawValue: 1 << 25)
    /// A Unix socket.
    package static let socket = FileMode(rawValue: 1 << 24)
    /// Runs as its owner.
    package static let setUserID = FileMode(rawValue: 1 << 23)
    /// Runs as its group.
    package static let setGroupID = FileMode(rawValue: 1 << 22)
    /// A character device; comes with `device`.
    package static let characterDevice = FileMode(rawValue: 1 << 21)
    /// Sticky.
    package static let sticky = FileMode(rawValue: 1 << 20)
    /// A kind for which there is no other bit.
    package static let irregular = FileMode(rawValue: 1 << 19)
    /// Every bit that marks something other than a regular file.
    package static let kinds: FileMode = [
        .directory, .symlink, .device, .namedPipe, .socket, .characterDevice, .irregular,
    ]

    /// Translates the mode of `stat`.
    init(_ mode: mode_t) {
        rawValue = UInt32(mode) & 0o777
        switch mode & S_IFMT {
        case S_IFDIR: insert(.directory)
        case S_IFLNK: insert(.symlink)
        case S_IFBLK: insert(.device)
        case S_IFCHR: insert([.device, .characterDevice])
        case S_IFIFO: insert(.namedPipe)
        case S_IFSOCK: insert(.socket)
        case S_IFREG: break
        default: insert(.irregular)
        }
        if mode & S_ISUID != 0 { insert(.setUserID) }
        if mode & S_ISGID != 0 { insert(.setGroupID) }
        if mode & S_ISVTX != 0 { insert(.sticky) }
    }

    /// Whether it is a directory.
    package var isDirectory: Bool { contains(.directory) }
    /// Whether it is a symbolic link.
    package var isSymlink: Bool { contains(.symlink) }
    /// Whether it is a regular file, or a hard link to one: only these have content.
    package var isRegular: Bool { isDisjoint(with: Self.kinds) }

    /// The permissions with set-user-ID, set-group-ID and sticky as a number.
    package var octal: UInt32 { UInt32(permissions) }

    /// The permissions with set-user-ID, set-group-ID and sticky, as `chmod` takes them.
    var permissions: mode_t {
        var mode = mode_t(rawValue & 0o777)
        if contains(.setUserID) { mode |= S_ISUID }
        if contains(.setGroupID) { mode |= S_ISGID }
        if contains(.sticky) { mode |= S_ISVTX }
        return mode
    }
}
