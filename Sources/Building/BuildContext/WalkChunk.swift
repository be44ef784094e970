import CaissonSystem
import Glibc

/// A stretch of a walk: names to look at, in order, and their directories, which are held open.
struct WalkChunk: Sendable {
    /// A name that the filter lets through.
    struct Name: Sendable {
        fileprivate var start: UInt32
        fileprivate var length: UInt32
        fileprivate var nameLength: UInt16
        /// How long the name in the directory is.
        var lengthInDirectory: Int { Int(nameLength) }
        fileprivate var directory: UInt16
        /// Whether its directory says that it is a regular file.
        var isRegular: Bool
    }

    /// What comes next.
    enum Item: Sendable {
        /// A file.
        case name(Name)
        /// A directory is entered: its number in `entered`.
        case enter(Int)
        /// The innermost directory is left.
        case leave
    }

    /// How large a stretch may get: large enough that handing it over costs little.
    private static let mostItems = 512
    private static let mostBytes = 64 * 1024
    /// How many directories a stretch has: with several stretches on the way, most descriptors are still left to
    /// others.
    private static let mostDirectories: Int = {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return 1 }
        return min(12, max(1, (Int(clamping: limit.rlim_cur) - 64) / 16))
    }()

    private(set) var items: [Item] = []
    /// The directories that are entered.
    private(set) var entered: [(entry: Entry, isIncluded: Bool)] = []
    /// Why the walk can't go on after these items.
    var failure: BuildContextError?
    private var directories: [SharedDescriptor] = []
    private var bytes: [UInt8] = []

    init() { items.reserveCapacity(Self.mostItems) }

    /// Whether no more should be added.
    var isFull: Bool {
        items.count >= Self.mostItems || directories.count >= Self.mostDirectories || bytes.count >= Self.mostBytes
    }
    /// Whether there is nothing in it.
    var isEmpty: Bool { items.isEmpty && failure == nil }

    /// Adds a file by its path, the end of which is its name in the directory.
    mutating func add(_ path: [UInt8], nameLength: Int, in directory: SharedDescriptor, isRegular: Bool) {
        if directories.last !== directory { directories.append(directory) }
        let name = Name(
            start: UInt32(truncatingIfNeeded: bytes.count),
            length: UInt32(truncatingIfNeeded: path.count),
            nameLength: UInt16(truncatingIfNeeded: nameLength),
            directory: UInt16(truncatingIfNeeded: directories.count - 1),
            isRegular: isRegular
        )
        bytes.append(contentsOf: path)
        bytes.append(0)
        items.append(.name(name))
    }

    /// Adds the entering of a directory.
    mutating func add(_ entry: Entry, isIncluded: Bool) {
        items.append(.enter(entered.count))
        entered.append((entry, isIncluded))
    }

    /// Adds the leaving of a directory.
    mutating func addLeaving() { items.append(.leave) }

    /// The directory that a name is in.
    func directory(of name: Name) -> SharedDescriptor { directories[Int(name.directory)] }

    /// The number of that directory's descriptor, valid as long as the stretch is held.
    func directoryNumber(of name: Name) -> Int32 { directories[Int(name.directory)].raw }

    /// How many bytes the paths have together.
    var byteCount: Int { bytes.count }

    /// A name's path.
    func path(of name: Name) -> [UInt8] {
        Array(bytes[Int(name.start)..<(Int(name.start) + Int(name.length))])
    }

    /// Calls the closure with the path's bytes, and with the name in its directory as a C string.
    func withPath<Result>(
        of name: Name,
        _ body: (UnsafeRawBufferPointer, UnsafePointer<CChar>) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { bytes in
            let end = Int(name.start) + Int(name.length)
            let path = UnsafeRawBufferPointer(rebasing: bytes[Int(name.start)..<end])
            let text = UnsafeRawBufferPointer(rebasing: bytes[(end - Int(name.nameLength))...])
            // There are a name and its NUL, so the memory has an address.
            guard let base = text.assumingMemoryBound(to: CChar.self).baseAddress else {
                return "".withCString { body(path, $0) }
            }
            return body(path, base)
        }
    }
}

extension WalkChunk {
    /// Opens a name as a regular file, without waiting and never through a link; nil when it isn't a regular file.
    func open(_ name: Name) throws(BuildContextError) -> (descriptor: SharedDescriptor, status: stat)? {
        let directory = directory(of: name)
        var failure: Int32 = 0
        // Non-blocking, because it may have become a FIFO meanwhile.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = withPath(of: name) { _, text in
            SharedDescriptor.open(text, under: directory.raw, flags, failure: &failure)
        }
        // Asked here, not by `status()`: a `stat` that another module returns is copied twice, for each file of a context.
        var status = stat()
        guard let opened, fstat(opened.raw, &status) == 0 else {
            // Gone, a link, a socket.
            if [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(failure) { return nil }
            throw .failed("read", path(of: name), failure)
        }
        return status.st_mode & S_IFMT == S_IFREG ? (opened, status) : nil
    }
}
