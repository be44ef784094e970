import Glibc

/// A walk over a directory that gives one entry at a time, in the protocol's order, and holds one listing per level.
///
/// Few descriptors are open however deep the tree is: those of the upper levels are closed on the way down and opened
/// again, by `..` and a check that it is the same directory, on the way up.
package final class ContextWalk {
    /// What the user should know about files that were left out, until now.
    package internal(set) var notices: [ContextNotice] = []

    /// Whether entries have their extended attributes.
    package var readsAttributes = true
    /// The file that the context is being written to, which is no part of it.
    var output: FileIdentity?
    /// The same under a name that it has only meanwhile; it is left out without a notice.
    var temporary: FileIdentity?

    /// The most directories that are open at once.
    static let mostOpen = 32

    struct Frame {
        var directory: Descriptor?
        var identity: FileIdentity
        var listing: DirectoryListing
        var next = 0
        var pathLength: Int
        /// The directory's own entry, as long as it wasn't given out.
        var pending: Entry?
        var results: CompiledFilter.Results
    }

    let root: Descriptor
    let filter: CompiledFilter
    var frames: [Frame] = []
    var path: [UInt8] = []
    var results = CompiledFilter.Results()
    var ready: [Entry] = []
    var links: [FileIdentity: [UInt8]] = [:]
    var attributes = AttributeReader()

    init(_ root: Descriptor, filter: CompiledFilter) throws(BuildContextError) {
        self.root = root
        self.filter = filter
        var failure: Int32 = 0
        // A descriptor of its own, as reading moves the position that copies of a descriptor share.
        guard let own = Descriptor.openDirectory(".", under: root.raw, failure: &failure), let status = own.status()
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
            while ready.isEmpty, let frame = frames.last {
                if frame.next < frame.listing.count {
                    frames[frames.count - 1].next += 1
                    try visit(frame.next)
                } else {
                    try leave()
                }
            }
        } catch {
            frames = []
            throw error
        }
        return ready.popLast()
    }

    private func visit(_ index: Int) throws(BuildContextError) {
        let level = frames.count - 1
        // A directory that could not be opened again is gone, and what was in it.
        guard let directory = frames[level].directory else { return }
        path.removeLast(path.count - frames[level].pathLength)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        frames[level].listing.appendName(at: index, to: &path)
        let kind = frames[level].listing.kind(at: index)
        if kind == .other {
            let verdict = try filter.decide(
                path,
                isDirectory: false,
                parent: frames[level].results,
                results: &results
            )
            guard verdict == .emit else { return }
        }
        guard let status = try status(of: index, in: directory) else { return }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        if kind == .other, !isDirectory { return try emit(entry(index, status, in: directory)) }
        let verdict = try filter.decide(
            path,
            isDirectory: isDirectory,
            parent: frames[level].results,
            results: &results
        )
        if verdict == .prune || verdict == .skip && !isDirectory { return }
        if isDirectory {
            try enter(index, in: directory, status: status, isIncluded: verdict == .emit)
        } else {
            try emit(entry(index, status, in: directory))
        }
    }
}
