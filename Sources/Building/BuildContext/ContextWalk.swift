import CaissonSystem
import Glibc

/// A walk over a directory that gives one entry at a time, in the protocol's order, and holds one listing per level.
///
/// Few descriptors are open however deep the tree is. Those of the upper levels are closed on the way down. On the way
/// up they are opened again by `..`, with a check that it is the same directory.
package final class ContextWalk {
    /// What the user should know about files that were left out so far.
    package internal(set) var notices: [ContextNotice] = []

    /// The most directories that are open at once.
    static let mostOpen = 32

    struct Frame {
        var directory: SharedDescriptor?
        var identity: FileIdentity
        var listing: DirectoryListing
        var next = 0
        var pathLength: Int
        var results: CompiledFilter.Results
    }

    let root: SharedDescriptor
    let filter: CompiledFilter
    var frames: [Frame] = []
    var path: [UInt8] = []
    var results = CompiledFilter.Results()
    var ready: [Entry] = []
    var order = EntryOrder()
    var inspector: FileInspector
    /// What is gathered for others to look at; nil when the walk itself looks at the files.
    var chunk: WalkChunk?

    init(
        _ root: SharedDescriptor,
        filter: CompiledFilter,
        options: FileInspector.Options = .init()
    ) throws(BuildContextError) {
        self.root = root
        self.filter = filter
        inspector = FileInspector(options)
        var failure: Int32 = 0
        // This needs a descriptor of its own: copies of a descriptor share one position, and reading moves it.
        guard let own = SharedDescriptor.openDirectory(".", under: root.raw, failure: &failure),
            let status = own.status()
        else { throw .failed("open directory", [], failure) }
        frames.append(
            Frame(
                directory: own,
                identity: FileIdentity(status),
                listing: try DirectoryListing(of: own, path: []),
                pathLength: 0,
                results: results
            )
        )
    }

    /// The next entry, or nil at the end; after an error the walk is over.
    package func next() throws(BuildContextError) -> Entry? {
        do throws(BuildContextError) {
            while ready.isEmpty, try step() {}
        } catch {
            frames = []
            throw error
        }
        return ready.popLast()
    }

    /// The next stretch for others to look at, or nil at the end; a walk gives either stretches or entries.
    func nextChunk() -> WalkChunk? {
        var failure: BuildContextError?
        chunk = WalkChunk()
        do throws(BuildContextError) {
            while chunk?.isFull == false, try step() {}
        } catch {
            frames = []
            failure = error
        }
        defer { chunk = nil }
        chunk?.failure = failure
        return chunk?.isEmpty == false ? chunk : nil
    }

    /// Advances by one name, or leaves one directory; false at the end.
    private func step() throws(BuildContextError) -> Bool {
        guard let level = frames.indices.last else { return false }
        let index = frames[level].next
        if index < frames[level].listing.count {
            if chunk != nil, try gather() { return true }
            frames[level].next += 1
            try visit(index)
        } else {
            try leave()
        }
        return true
    }

    /// Adds files that follow each other in the innermost directory to the stretch; false when there are none.
    ///
    /// Most of a walk's time is spent here, so this object's values are taken into local variables meanwhile.
    private func gather() throws(BuildContextError) -> Bool {
        let level = frames.count - 1
        guard let directory = frames[level].directory, var chunk else { return false }
        let frame = frames[level]
        var path = path
        (self.path, self.chunk) = ([], nil)
        var index = frame.next
        defer {
            (self.path, self.chunk) = (path, chunk)
            frames[level].next = index
        }
        path.removeLast(path.count - frame.pathLength)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        let start = path.count
        while index < frame.listing.count, frame.listing.kind(at: index) == .regular, !chunk.isFull {
            frame.listing.appendName(at: index, to: &path)
            index += 1
            let verdict =
                filter.isEmpty
                ? .emit : try filter.decide(path, isDirectory: false, parent: frame.results, results: &results)
            if verdict == .emit { chunk.add(path, nameLength: path.count - start, in: directory, isRegular: true) }
            path.removeLast(path.count - start)
        }
        return index > frame.next
    }

    private func visit(_ index: Int) throws(BuildContextError) {
        let level = frames.count - 1
        // A directory that can't be opened again is gone, together with its content.
        guard let directory = frames[level].directory else { return }
        path.removeLast(path.count - frames[level].pathLength)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        let start = path.count
        frames[level].listing.appendName(at: index, to: &path)
        let kind = frames[level].listing.kind(at: index)
        if kind == .regular || kind == .other {
            guard try decide(isDirectory: false) == .emit else { return }
            if chunk != nil {
                chunk?.add(path, nameLength: path.count - start, in: directory, isRegular: kind == .regular)
                return
            }
        }
        // A directory's status is read later, when it is open.
        let status = kind == .directory ? nil : try status(of: index, in: directory)
        guard kind == .directory || status != nil else { return }
        if let status, status.st_mode & S_IFMT != S_IFDIR {
            if kind == .unknown, try decide(isDirectory: false) != .emit { return }
            return try emit(index, nameLength: path.count - start, status, in: directory)
        }
        let verdict = try decide(isDirectory: true)
        if verdict != .prune { try enter(index, in: directory, isIncluded: verdict == .emit) }
    }

    private func decide(isDirectory: Bool) throws(BuildContextError) -> CompiledFilter.Verdict {
        try filter.decide(path, isDirectory: isDirectory, parent: frames[frames.count - 1].results, results: &results)
    }
}
