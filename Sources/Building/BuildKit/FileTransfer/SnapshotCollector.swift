import CaissonBuildContext
package import CaissonBuildModel
import CaissonText
import Synchronization

/// Who wants to know which files were sent.
package struct SnapshotRequest: Sendable {
    /// What names the directories in each build, by the names of their trees; others aren't told of.
    package var keys: [String: String]
    /// Called once a tree was sent as a whole.
    package var receive: @Sendable (ContextSnapshot) -> Void

    /// Makes a request.
    package init(keys: [String: String], receive: @escaping @Sendable (ContextSnapshot) -> Void) {
        self.keys = keys
        self.receive = receive
    }

    /// What collects the files of one transfer; nil for a tree that nobody wants to know of.
    func collector(of name: String, _ filter: WalkFilter) -> SnapshotCollector? {
        keys[name].map { SnapshotCollector(name: name, key: $0, filter, receive) }
    }
}

/// Collects what is sent of a tree, for the history.
final class SnapshotCollector: Sendable {
    /// A larger tree isn't told of: what it takes in memory would be felt.
    private static let mostBytes = 64 << 20

    private let snapshot: Mutex<ContextSnapshot>
    private let receive: @Sendable (ContextSnapshot) -> Void

    init(
        name: String,
        key: String,
        _ filter: WalkFilter,
        _ receive: @escaping @Sendable (ContextSnapshot) -> Void
    ) {
        snapshot = Mutex(ContextSnapshot(of: name, directory: key, filter))
        self.receive = receive
    }

    /// Takes the next entry; its number is its place.
    func add(_ entry: Entry) {
        snapshot.withLock { snapshot in
            guard snapshot.size < Self.mostBytes else { return }
            snapshot.add(entry)
        }
    }

    /// Takes the content of a file that was read to its end.
    func set(_ hash: ContentHash, of number: UInt32) {
        snapshot.withLock { $0.set(hash.value, of: Int(number)) }
    }

    /// Tells what was collected, as all of it was sent; nothing where that is nothing, as with the look for an ignore file.
    func finish() {
        let whole = snapshot.withLock { $0.size < Self.mostBytes ? $0 : nil }
        if let whole, whole.count > 0 { receive(whole) }
    }
}

extension ContextSnapshot {
    /// Begins without files of a directory: another selection of them is another list, as what it hasn't isn't gone.
    init(of name: String, directory: String, _ filter: WalkFilter) {
        let origin = Origin(
            directory: directory,
            patterns: [filter.includePatterns, filter.excludePatterns, filter.followPaths]
        )
        var hash = ContentHash(of: Array(directory.utf8))
        for patterns in origin.patterns {
            for pattern in patterns { hash.add(pattern, [0]) }
            hash.add([1])
        }
        let digits = String(hash.value, radix: 16)
        self.init(of: name, key: String(repeating: "0", count: 16 - digits.count) + digits)
        self.origin = origin
    }

    /// Adds what a walk found.
    mutating func add(_ entry: Entry) {
        add(entry.path, mode: entry.mode.rawValue, stamp: entry.stamp, content: entry.content)
    }
}

extension Entry {
    /// What changes with the size and the time of a file.
    fileprivate var stamp: UInt64 {
        var hash = ContentHash()
        withUnsafeBytes(of: (size, modificationTime)) { hash.add($0) }
        return hash.value
    }

    /// A hash of what is known without reading: where a link points to; 0 for a file.
    fileprivate var content: UInt64 {
        if mode.isRegular && linkname.isEmpty && !isStandIn { return 0 }
        return ContentHash(of: linkname).value
    }
}

extension ContentHash {
    fileprivate mutating func add(_ parts: [UInt8]...) {
        for part in parts { part.withUnsafeBytes { add($0) } }
    }
}
