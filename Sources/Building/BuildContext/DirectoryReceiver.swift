import CaissonText
import CaissonSystem
import Glibc

/// Writes the files of a result that an engine sends (`-o dir`) into a directory: the receiving side of fsutil.
///
///     engine                      receiver
///       │── STAT entry 0, 1, 2 … ──▶ begin(_:)      makes directories, links, FIFOs; returns which content it needs
///       │◀───────── REQ id ────────│                (the caller sends it)
///       │── DATA id, bytes ────────▶ write(_:_:)    into a file under a temporary name
///       │── DATA id, empty ────────▶ endFile(_:)    which takes its place when it is whole
///       │── STAT end, all content ─▶ finish()       hard links, then modes and times of directories
///
/// Everything is reached from one descriptor, name by name, and never through a symbolic link, whoever made that. A
/// file that is there already is kept, unless the result has one of the same name, which replaces it. Owners are not
/// set: new files belong to the user who runs this program. The caller makes one call at a time.
package final class DirectoryReceiver {
    /// What to do about an entry.
    package enum Request: Sendable, Hashable {
        /// Nothing more: it exists, or will be made later.
        case nothing
        /// Ask for the content of this number.
        case content(UInt32)
    }

    /// How much of one transfer is accepted.
    package struct Limits: Sendable, Hashable {
        /// The most entries.
        package var entries = 5_000_000
        /// The most files whose content may come at the same time.
        package var openFiles = 128

        /// Makes the usual limits.
        package init() {}
    }

    /// What was written.
    package struct Summary: Sendable, Hashable {
        /// The number of entries of any kind.
        package var entries = 0
        /// The bytes of all files.
        package var bytes: Int64 = 0
    }

    /// A file whose content is coming.
    struct Incoming {
        var descriptor: SharedDescriptor
        var directory: OutputDirectory
        var temporary: [UInt8]
        var path: [UInt8]
        var size: Int64
        var written: Int64 = 0
    }

    /// How many files still lack content that was asked for.
    package internal(set) var awaitedFiles = 0

    let limits: Limits
    let root: SharedDescriptor
    var announced: DirectoryCache
    var written: DirectoryCache
    var order = TransferOrder()
    var index = EntryIndex()
    var modes: [FileMode] = []
    var times: [Int64] = []
    var attributes: [UInt32: [ExtendedAttribute]] = [:]
    var hardLinks: [(id: UInt32, target: UInt32)] = []
    var linkIDs: Set<UInt32> = []
    var incoming: [UInt32: Incoming] = [:]
    var summary = Summary()

    /// Opens the directory to write into; makes it and the directories above it if they are missing.
    package init(path: String, limits: Limits = Limits()) throws(BuildContextError) {
        var failure = Self.makeDirectories(path)
        guard failure == 0 else { throw .failed("make the directory", path.pathBytes, failure) }
        let opened = path.pathBytes.withCPath {
            SharedDescriptor.open($0, under: AT_FDCWD, O_RDONLY | O_DIRECTORY, failure: &failure)
        }
        guard let opened else { throw .failed("open the directory", path.pathBytes, failure) }
        root = opened
        announced = DirectoryCache(root: opened)
        written = DirectoryCache(root: opened)
        self.limits = limits
    }

    deinit {
        for file in incoming.values { file.directory.remove(file.temporary) }
    }

    /// Removes incomplete files; releasing the receiver does the same.
    package func abort() {
        for file in incoming.values { file.directory.remove(file.temporary) }
        incoming = [:]
    }

    private static func makeDirectories(_ path: String) -> Int32 {
        let bytes = path.pathBytes
        let ends = bytes.indices.filter { $0 > 0 && bytes[$0] == UInt8(ascii: "/") } + [bytes.count]
        for end in ends {
            let failure: Int32 = bytes[..<end].withCPath { mkdir($0, 0o700) == 0 ? 0 : errno }
            // mkdir may report EROFS and the like for directories that exist, too; opening the last one will tell.
            if failure != 0, failure != EEXIST, bytes[..<end].withCPath({ access($0, F_OK) }) != 0 {
                return failure
            }
        }
        return 0
    }
}

// MARK: - Entries

extension DirectoryReceiver {
    /// Takes the next entry, and says whether its content is needed.
    package func begin(_ entry: Entry) throws(BuildContextError) -> Request {
        guard index.count < limits.entries else {
            throw BuildContextError(.limitExceeded, "the result has more than \(limits.entries) files")
        }
        try order.accept(entry.path, isDirectory: entry.mode.isDirectory)
        let target = try check(entry)
        let (parent, name) = try split(entry.path)
        let id = try remember(entry)
        if let target {
            hardLinks.append((id, target))
            linkIDs.insert(id)
            return .nothing
        }
        if entry.mode.isRegular, entry.size > 0 {
            awaitedFiles += 1
            return .content(id)
        }
        let directory = OutputDirectory(descriptor: try announced.directory(at: parent))
        if entry.mode.isDirectory {
            try directory.makeDirectory(name, path: entry.path)
        } else if entry.mode.isRegular {
            awaitedFiles += 1
            try endFile(id)
        } else {
            try make(entry, name, in: directory)
        }
        return .nothing
    }

    private func remember(_ entry: Entry) throws(BuildContextError) -> UInt32 {
        let id = try index.append(entry)
        modes.append(entry.modeForUs)
        times.append(entry.modificationTime)
        if !entry.attributes.isEmpty { attributes[id] = entry.attributes }
        summary.entries += 1
        return id
    }

    /// Refuses entries that can't be made; returns the file that a hard link is another name of.
    private func check(_ entry: Entry) throws(BuildContextError) -> UInt32? {
        let name = displayed(entry.path)
        guard entry.mode.isDisjoint(with: [.socket, .irregular]), entry.size >= 0 else {
            throw BuildContextError(.refused, "\(name) was sent as a file of an unknown kind; refused")
        }
        if entry.mode.isSymlink {
            let isTarget = !entry.linkname.isEmpty && entry.linkname.count < TransferOrder.longestPath
            guard isTarget, !entry.linkname.contains(0) else {
                throw BuildContextError(.refused, "the symbolic link \(name) was sent without a proper target; refused")
            }
        }
        if entry.mode.contains(.device), geteuid() != 0 {
            throw BuildContextError(
                .notPermitted,
                "\(name) is a device, which only root can make; export as root or as a tar archive"
            )
        }
        guard entry.isHardLink else { return nil }
        guard let target = index.find(entry.linkname), modes[Int(target)].isRegular, !linkIDs.contains(target) else {
            throw BuildContextError(
                .refused,
                "\(name) was sent as a link to \(displayed(entry.linkname)), which is no file of the result; refused"
            )
        }
        return target
    }

    /// Makes a symbolic link, a FIFO or a device.
    private func make(
        _ entry: Entry,
        _ name: ArraySlice<UInt8>,
        in directory: OutputDirectory
    ) throws(BuildContextError) {
        let temporary = OutputDirectory.temporaryName()
        let parent = directory.descriptor.raw
        let failure: Int32 = temporary.withCPath { temporary in
            let status: Int32
            if entry.mode.isSymlink {
                status = entry.linkname.withCPath { symlinkat($0, parent, temporary) }
            } else {
                status = mknodat(parent, temporary, entry.nodeKind | 0o600, entry.nodeDevice)
                // Nobody can have put a link in its place: it was just made, under a name that nobody else knows.
                if status == 0 { fchmodat(parent, temporary, entry.modeForUs.permissions, 0) }
            }
            guard status == 0 else { return errno }
            setAttributes(entry.attributes, of: temporary, in: directory.descriptor)
            setTime(entry.modificationTime, of: temporary, in: directory.descriptor)
            return 0
        }
        guard failure == 0 else { throw .failed("make", entry.path, failure) }
        try directory.replace(name, by: temporary, path: entry.path)
    }
}

extension Entry {
    /// The mode that it gets here, where all that is received becomes ours: a program that runs as its owner would run as
    /// somebody else.
    fileprivate var modeForUs: FileMode {
        var mode = mode
        if mode.contains(.setUserID), userID != geteuid() { mode.remove(.setUserID) }
        if mode.contains(.setGroupID), !mode.isDirectory, groupID != getegid() { mode.remove(.setGroupID) }
        return mode
    }

    /// The kind as `mknod` takes it.
    fileprivate var nodeKind: mode_t {
        if mode.contains(.namedPipe) { return S_IFIFO }
        return mode.contains(.characterDevice) ? S_IFCHR : S_IFBLK
    }

    /// The device's number as `mknod` takes it.
    fileprivate var nodeDevice: dev_t {
        let major = UInt64(truncatingIfNeeded: deviceMajor)
        let minor = UInt64(truncatingIfNeeded: deviceMinor)
        let high: UInt64 = (major & 0xFFFF_F000) << 32 | (minor & 0xFFFF_FF00) << 12
        let low: UInt64 = (major & 0xFFF) << 8 | (minor & 0xFF)
        return dev_t(high | low)
    }
}
