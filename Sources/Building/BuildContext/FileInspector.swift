import CaissonSystem
import Glibc

/// Looks at single files of a walk: whether they are sent, and what is said about them.
struct FileInspector {
    /// What is looked at, and what is left out.
    struct Options: Sendable {
        /// Whether entries have their extended attributes.
        var readsAttributes = true
        /// The file that the context is being written to, which is no part of the context.
        var output: FileIdentity?
        /// The name that this file has in the meantime; it is left out without a notice.
        var temporary: FileIdentity?
    }

    /// What was found under a name.
    enum Finding {
        /// A file, and its identity if it may have other names.
        case entry(Entry, FileIdentity?)
        /// Something that isn't sent.
        case notice(ContextNotice)
        /// Nothing: the name is gone.
        case nothing
        /// A file of our own that the user needn't hear about.
        case hidden
    }

    private let options: Options
    private var attributes = AttributeReader()

    init(_ options: Options) { self.options = options }

    /// Looks at a name in a directory, never through a link.
    mutating func look(
        at name: UnsafePointer<CChar>,
        in directory: SharedDescriptor,
        path: [UInt8]
    ) throws(BuildContextError) -> Finding {
        var failure: Int32 = 0
        guard let status = Self.status(of: name, in: directory, failure: &failure) else {
            if failure == ENOENT || failure == ENOTDIR { return .nothing }
            throw .failed("look at", path, failure)
        }
        return try finding(name, in: directory, path: path, status: status)
    }

    /// The status of a name; nil, with `failure` set, when there is none.
    static func status(of name: UnsafePointer<CChar>, in directory: SharedDescriptor, failure: inout Int32) -> stat? {
        var status = stat()
        if fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        failure = errno
        return nil
    }

    /// What is said about a name whose status is known.
    mutating func finding(
        _ name: UnsafePointer<CChar>,
        in directory: SharedDescriptor,
        path: [UInt8],
        status: stat
    ) throws(BuildContextError) -> Finding {
        if let left = leftOut(path, status) { return left }
        var (entry, identity) = Self.entry(path, status)
        if entry.mode.isSymlink {
            var failure: Int32 = 0
            guard let target = linkTarget(name, in: directory, failure: &failure) else {
                // Gone, or no link any more.
                if failure == ENOENT || failure == EINVAL || failure == ENOTDIR { return .nothing }
                throw .failed("read the link", path, failure)
            }
            entry.linkname = target
        }
        if options.readsAttributes {
            entry.attributes = attributes.attributes(of: name, in: directory, device: UInt64(status.st_dev))
        }
        return .entry(entry, identity)
    }

    /// The attributes of a file that is open, and stands under that name.
    mutating func attributes(
        ofOpen descriptor: Int32,
        _ name: UnsafePointer<CChar>,
        in directory: SharedDescriptor,
        device: UInt64
    ) -> [ExtendedAttribute] {
        guard options.readsAttributes else { return [] }
        return attributes.attributes(ofOpen: descriptor, name, in: directory, device: device)
    }

    /// The entry for a status, and the file's identity if it isn't a directory and has other names.
    static func entry(_ path: [UInt8], _ status: stat) -> (Entry, FileIdentity?) {
        var entry = Entry(path: path, mode: FileMode(status.st_mode))
        let seconds = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        entry.modificationTime = seconds &+ Int64(status.st_mtim.tv_nsec)
        guard !entry.mode.isDirectory else { return (entry, nil) }
        if entry.mode.contains(.socket) {
            // An image can't have a socket. Docker's client sends an empty file in its place.
            entry.mode.remove(.socket)
            entry.isStandIn = true
            return (entry, nil)
        }
        if entry.mode.contains(.device) {
            // The two numbers as Linux packs them, of which Glibc's macros aren't visible here.
            let device = UInt64(status.st_rdev)
            entry.deviceMajor = Int64(device >> 8 & 0xFFF | device >> 32 & ~0xFFF & 0xFFFF_FFFF)
            entry.deviceMinor = Int64(device & 0xFF | device >> 12 & ~0xFF & 0xFFFF_FFFF)
        }
        entry.size = Int64(status.st_size)
        if entry.mode.isRegular { entry.allocatedSize = Int64(status.st_blocks) * 512 }
        let hasTwins = entry.mode.isRegular && status.st_nlink > 1
        return (entry, hasTwins ? FileIdentity(status) : nil)
    }

    /// Whether a file is the one that is being written.
    func isOutput(_ status: stat) -> Bool {
        guard options.output != nil || options.temporary != nil else { return false }
        let own = FileIdentity(status)
        return own == options.output || own == options.temporary
    }

    /// Why a file isn't sent; nil for a file that is sent.
    func leftOut(_ path: @autoclosure () -> [UInt8], _ status: stat) -> Finding? {
        guard status.st_mode & S_IFMT == S_IFREG, options.output != nil || options.temporary != nil else { return nil }
        let own = FileIdentity(status)
        if own == options.output { return .notice(.outputSkipped(path: path())) }
        return own == options.temporary ? .hidden : nil
    }
}

/// The target of a symbolic link; nil, with `failure` set, when it can't be read.
func linkTarget(_ name: UnsafePointer<CChar>, in directory: SharedDescriptor, failure: inout Int32) -> [UInt8]? {
    // The kernel allows no longer targets.
    var count = 0
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    count = readlinkat(directory.raw, name, &target, target.count)
    if count < 0 {
        failure = errno
        return nil
    }
    return target[..<count].map { UInt8(bitPattern: $0) }
}
