import CaissonSystem

/// Decides, in the order of a walk, which directories are given out before an entry, and which entries are hard links.
///
/// A directory that isn't included itself is sent as soon as something in it is. Of several names of one file the first
/// has the content, and the others are links to it.
struct EntryOrder {
    private var directories: [Entry?] = []
    /// How many of the outer directories were given out.
    private var given = 0
    private var links = FirstPaths()

    /// Goes into a directory, and returns the directories to give out.
    mutating func enter(_ directory: Entry, isIncluded: Bool) -> [Entry] {
        directories.append(directory)
        return isIncluded ? flush() : []
    }

    /// Leaves the innermost directory.
    mutating func leave() {
        directories.removeLast()
        given = min(given, directories.count)
    }

    /// The directories to give out before the next file.
    mutating func flush() -> [Entry] {
        guard given < directories.count else { return [] }
        let late = directories[given...].compactMap(\.self)
        for index in given..<directories.count { directories[index] = nil }
        given = directories.count
        return late
    }

    /// The path under which a file was given out before; nil when it comes for the first time.
    mutating func firstPath(of identity: FileIdentity, _ path: [UInt8]) -> [UInt8]? {
        links.path(of: identity, orFirst: path)
    }
}

/// The paths under which files with several names first came, in little memory, as there may be very many.
private struct FirstPaths {
    /// Where the path of an inode begins in `bytes`, for each device.
    private var places: [UInt64: [UInt64: UInt32]] = [:]
    /// The paths, each with a NUL at its end.
    private var bytes: [UInt8] = []

    /// The path under which a file came before; nil the first time, which is remembered.
    mutating func path(of identity: FileIdentity, orFirst path: [UInt8]) -> [UInt8]? {
        if let start = places[identity.device]?[identity.inode] {
            return Array(bytes[Int(start)...].prefix { $0 != 0 })
        }
        // Beyond 4 GiB of names a file is sent again instead of as a link.
        guard let start = UInt32(exactly: bytes.count) else { return nil }
        bytes.append(contentsOf: path)
        bytes.append(0)
        places[identity.device, default: [:]][identity.inode] = start
        return nil
    }
}
