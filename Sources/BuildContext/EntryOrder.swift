/// Decides, entry by entry in the order of a walk, what is given out before it and what it is a hard link to.
///
/// A directory that isn't sent for itself is sent as soon as something in it is. Of several names of one file the first
/// has the content, and the others are links to it.
struct EntryOrder {
    private var directories: [Entry?] = []
    /// How many of the outer directories were given out.
    private var given = 0
    private var links: [FileIdentity: [UInt8]] = [:]

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

    /// The path that a file was given out under before; nil when it is the first time.
    mutating func firstPath(of identity: FileIdentity, _ path: [UInt8]) -> [UInt8]? {
        if let first = links[identity] { return first }
        links[identity] = path
        return nil
    }
}
