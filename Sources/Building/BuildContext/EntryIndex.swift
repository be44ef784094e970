import CaissonText
/// What must be remembered about the entries that were sent, since the peer asks for their contents by number.
///
/// Each entry costs 17 bytes and its last name; its path is put together again from its directories.
package struct EntryIndex: Sendable {
    private var names: [UInt8] = []
    private var nameEnds: [UInt32] = []
    private var parents: [UInt32] = []
    private var sizes: [Int64] = []
    private var states: [State] = []
    private var open: [(id: UInt32, pathLength: Int)] = []

    private enum State: UInt8 { case noContent, offered, claimed, standIn, claimedStandIn }
    private static let noParent = UInt32.max

    /// Makes an empty index.
    package init() {}

    /// The number of entries.
    package var count: Int { parents.count }

    /// Remembers the next entry of a walk, and returns its number.
    package mutating func append(_ entry: Entry) throws(BuildContextError) -> UInt32 {
        let start = (entry.path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        while let last = open.last, last.pathLength >= start { open.removeLast() }
        let parent = open.last.flatMap { $0.pathLength == start - 1 ? $0.id : nil }
        // Even if its parent never came, the path isn't lost: then it is kept whole.
        let name = parent == nil ? entry.path[...] : entry.path[start...]
        guard count < Int(Self.noParent), let end = UInt32(exactly: names.count + name.count) else {
            throw BuildContextError(.limitExceeded, "the context has too many files; exclude some in .dockerignore")
        }
        let id = UInt32(count)
        names.append(contentsOf: name)
        nameEnds.append(end)
        parents.append(parent ?? Self.noParent)
        sizes.append(entry.size)
        states.append(entry.isStandIn ? .standIn : entry.hasContent ? .offered : .noContent)
        if entry.mode.isDirectory { open.append((id, entry.path.count)) }
        return id
    }

    /// The path of an entry, or nil when there is no such number.
    package func path(of id: UInt32) -> [UInt8]? {
        guard Int(id) < count else { return nil }
        var length = -1
        var next = id
        while next != Self.noParent {
            length += nameRange(at: Int(next)).count + 1
            next = parents[Int(next)]
        }
        // Filled from its end, because each name knows only the directory it is in.
        var path = [UInt8](repeating: UInt8(ascii: "/"), count: length)
        var end = length
        next = id
        while next != Self.noParent {
            let range = nameRange(at: Int(next))
            path.replaceSubrange((end - range.count)..<end, with: names[range])
            end -= range.count + 1
            next = parents[Int(next)]
        }
        return path
    }

    /// The size of an entry as it was announced, or nil when there is no such number.
    package func size(of id: UInt32) -> Int64? {
        Int(id) < count ? sizes[Int(id)] : nil
    }

    /// Takes the peer's request for the content of an entry; each may be asked for once.
    package mutating func claim(_ id: UInt32) throws(BuildContextError) -> (path: [UInt8], size: Int64) {
        guard let file = take(id) else {
            throw BuildContextError(.protocolViolation, "the engine asked for file \(id), which it can't ask for now")
        }
        return file
    }

    /// The path and size of an entry with content that nobody has asked for before.
    mutating func take(_ id: UInt32) -> (path: [UInt8], size: Int64)? {
        guard Int(id) < count, let path = path(of: id) else { return nil }
        switch states[Int(id)] {
        case .offered: states[Int(id)] = .claimed
        case .standIn: states[Int(id)] = .claimedStandIn
        default: return nil
        }
        return (path, sizes[Int(id)])
    }

    /// Whether an entry is an empty file in the place of something that can't be read.
    package func isStandIn(_ id: UInt32) -> Bool {
        Int(id) < count && [.standIn, .claimedStandIn].contains(states[Int(id)])
    }

    /// The number of a path, found by the order of the walk.
    package func find(_ path: [UInt8]) -> UInt32? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            guard let candidate = self.path(of: UInt32(middle)) else { return nil }
            if candidate == path { return UInt32(middle) }
            if precedes(candidate, path) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func nameRange(at index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(nameEnds[index - 1]))..<Int(nameEnds[index])
    }
}
