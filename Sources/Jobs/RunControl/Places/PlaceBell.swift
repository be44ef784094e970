import CaissonText
import Glibc

/// Wakes when a ticket goes, or its process does.
///
/// The kernel closes the descriptors of a process that ends in whatever way, and tells of each that could be written to. New
/// tickets, and those that get their places, are of no use to those that wait, so nobody is woken by them.
struct PlaceBell: ~Copyable {
    /// What it was woken by.
    struct Ring {
        /// Whether anything happened that matters.
        var isHeard = false
        /// Tickets whose files were closed: the kernel says so a moment before it takes the lock away.
        var closed: Set<String> = []
    }

    private static let events = UInt32(IN_DELETE) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_FROM)
    /// The kernel's queue in one read: a header of 16 bytes and a name for each event.
    private static let bufferSize = 16 << 10
    private static let headSize = MemoryLayout<inotify_event>.size

    /// Less than zero where the kernel gives no watch.
    private let descriptor: Int32

    /// Watches a directory; where the kernel gives no watch it only waits for time to pass.
    init(_ directory: String) {
        let raw = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        let isWatching = raw >= 0 && inotify_add_watch(raw, directory.cPath, Self.events) >= 0
        if raw >= 0, !isWatching { close(raw) }
        descriptor = isWatching ? raw : -1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// How many milliseconds pass without a sign until somebody has to look all the same.
    var patience: Int32 { descriptor < 0 ? 100 : 500 }

    /// Waits so many milliseconds for something that matters.
    ///
    /// - Parameter isOwn: Whether a ticket is one that this process has now, so that its file tells nothing new.
    func wait(_ milliseconds: Int32, isOwn: (String) -> Bool) -> Ring {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return Ring() }
        return heard(isOwn)
    }

    private func heard(_ isOwn: (String) -> Bool) -> Ring {
        var ring = Ring()
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return ring }
            Self.note(buffer[..<count], isOwn, &ring)
        }
    }

    private static func note(_ bytes: ArraySlice<UInt8>, _ isOwn: (String) -> Bool, _ ring: inout Ring) {
        var rest = bytes
        while rest.count >= headSize {
            let head = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            let name = String(pathBytes: rest.dropFirst(headSize).prefix(Int(head.len)).prefix { $0 != 0 })
            rest = rest.dropFirst(headSize + Int(head.len))
            guard !isOwn(name) else { continue }
            ring.isHeard = true
            if head.mask & UInt32(IN_CLOSE_WRITE) != 0 { ring.closed.insert(name) }
        }
    }
}
