import CaissonText

/// What changed in the files of a context since a build sent them before.
public struct ContextChanges: Sendable, Hashable {
    /// The context's name in the build: `context`, or that of a further one.
    public var name: String
    /// The build that sent the files before; nil where none is remembered, and then no change is told.
    public var previous: BuildID?
    /// How many files, directories and links there are.
    public var files: Int
    /// What changed, by path; of many the first ones.
    public var changes: [ContextChange] = []
    /// How many further changes there are.
    public var omitted = 0

    /// Makes a record without changes.
    public init(of name: String, files: Int, since previous: BuildID?) {
        self.name = name
        self.files = files
        self.previous = previous
    }
}

/// A file that changed in a context.
public struct ContextChange: Sendable, Hashable {
    /// How it changed.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It wasn't there.
        case added
        /// It is gone.
        case removed
        /// It has another content, or is a link to something else.
        case content
        /// It has other permissions, or is of another kind.
        case mode
        /// Its size or time changed, and what it held before isn't known.
        case perhaps
    }

    /// Its path in the context, without a `/` in front; it may hold any characters.
    public var path: String
    /// How it changed.
    public var kind: Kind
    /// What it was before, as a number that another content doesn't have; nil where that isn't known.
    public var before: UInt64?
    /// What it is now, likewise.
    public var after: UInt64?

    /// Makes a change.
    public init(_ kind: Kind, _ path: String, before: UInt64? = nil, after: UInt64? = nil) {
        self.kind = kind
        self.path = path
        self.before = before
        self.after = after
    }
}

/// What changed from one snapshot to the next.
extension ContextSnapshot {
    /// So many changes are told; of the others only their number.
    package static let mostChanges = 500

    /// What changed since an earlier snapshot of the same files, and this snapshot with the contents that the earlier one
    /// knows and that can't have changed.
    ///
    /// - Parameters:
    ///   - earlier: The earlier snapshot.
    ///   - build: The build that sent it.
    package func changes(since earlier: ContextSnapshot, of build: BuildID) -> (ContextChanges, ContextSnapshot) {
        var changes = ContextChanges(of: name, files: count, since: build)
        var complete = self
        var old = ContextSnapshotReader(earlier)
        var new = ContextSnapshotReader(self)
        var (before, after) = (old.next(), new.next())
        var number = 0
        while before != nil || after != nil {
            // Mostly both are the same file, and that is seen at once.
            if let one = before, let two = after, one.path == two.path {
                complete.set(changes.compare(one, two), of: number)
                (before, after) = (old.next(), new.next())
                number += 1
            } else if let one = before, after.map({ precedes(one.path, $0.path) }) ?? true {
                changes.add(.removed, one.path, one.content, 0)
                before = old.next()
            } else if let two = after {
                changes.add(.added, two.path, 0, two.content)
                after = new.next()
                number += 1
            }
        }
        return (changes, complete)
    }
}

extension ContextChanges {
    fileprivate mutating func add(_ kind: ContextChange.Kind, _ path: [UInt8], _ before: UInt64, _ after: UInt64) {
        guard changes.count < ContextSnapshot.mostChanges else {
            omitted += 1
            return
        }
        let name = String(decoding: path, as: UTF8.self)
        changes.append(
            ContextChange(kind, name, before: before == 0 ? nil : before, after: after == 0 ? nil : after)
        )
    }

    /// Compares a file with itself as it was, and returns the hash of its content; 0 where it isn't known.
    fileprivate mutating func compare(_ one: ContextSnapshotReader.File, _ two: ContextSnapshotReader.File) -> UInt64 {
        // A file that the engine has, by its size and time, isn't asked for: then it is what it was.
        let content = two.content == 0 && one.stamp == two.stamp ? one.content : two.content
        if one.mode != two.mode {
            let isOther = one.content != content && one.content != 0 && content != 0
            add(isOther ? .content : .mode, two.path, one.content, content)
        } else if one.content != 0, content != 0 {
            if one.content != content { add(.content, two.path, one.content, content) }
        } else if one.stamp != two.stamp {
            add(.perhaps, two.path, one.content, content)
        }
        return content
    }
}
