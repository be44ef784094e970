import CaissonText
import CaissonSystem
import Glibc
import Synchronization

/// A directory of this machine whose files are sent.
///
/// It is opened once, and everything below it is reached from that descriptor, name by name and never through a
/// symbolic link. So nothing outside of it is read, whatever somebody swaps in meanwhile.
package final class DirectorySource: Sendable {
    let root: SharedDescriptor
    /// The path as it was given.
    package let path: String
    private let directories: Mutex<DirectoryCache>

    /// Opens a directory.
    package init(path: String) throws(BuildContextError) {
        var failure: Int32 = 0
        let opened = path.pathBytes.withCPath {
            SharedDescriptor.open($0, under: AT_FDCWD, O_RDONLY | O_DIRECTORY, failure: &failure)
        }
        guard let opened else { throw .failed("open the directory", path.pathBytes, failure) }
        root = opened
        self.path = path
        directories = Mutex(DirectoryCache(root: opened))
    }

    /// Starts a walk over the files that the filter lets through, in the protocol's order.
    package func walk(_ filter: WalkFilter = WalkFilter()) throws(BuildContextError) -> ContextWalk {
        var followed: [[UInt8]]? = []
        if !filter.followPaths.isEmpty { followed = try FollowedPaths.resolve(filter.followPaths, in: self) }
        return try ContextWalk(root, filter: CompiledFilter(filter, followed: followed))
    }

    /// Opens a regular file for reading.
    /// - Parameter size: The announced size, which the reader compares with the real one.
    package func open(_ path: [UInt8], announcedSize size: Int64) throws(BuildContextError) -> FileReader {
        let (parent, name) = try split(path)
        let directory = try directory(at: parent)
        var failure: Int32 = 0
        // Non-blocking, because it may have become a FIFO since it was announced.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = name.withCPath { SharedDescriptor.open($0, under: directory.raw, flags, failure: &failure) }
        guard let opened else {
            if failure == ELOOP || failure == ENXIO { throw Self.notAFile(path) }
            throw .failed("read", path, failure)
        }
        guard let status = opened.status(), status.st_mode & S_IFMT == S_IFREG else { throw Self.notAFile(path) }
        return FileReader(opened, path: path, announcedSize: size)
    }

    /// The directory at a path under the root.
    func directory(at path: ArraySlice<UInt8>) throws(BuildContextError) -> SharedDescriptor {
        let result = directories.withLock { cache -> Result<SharedDescriptor, BuildContextError> in
            do throws(BuildContextError) {
                return .success(try cache.directory(at: path))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    static func notAFile(_ path: [UInt8]) -> BuildContextError {
        BuildContextError(.notAFile, "\(displayed(path)) is no regular file any more; it changed during the build")
    }
}

/// A path's directory and its last name; refuses a path that could lead anywhere else.
func split(_ path: [UInt8]) throws(BuildContextError) -> (parent: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
    let slash = UInt8(ascii: "/")
    let dot = UInt8(ascii: ".")
    let isPlain = path.split(separator: slash, omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.elementsEqual([dot]) && !$0.elementsEqual([dot, dot]) && !$0.contains(0)
    }
    guard isPlain else {
        throw BuildContextError(.refused, "the path \(displayed(path)) is not a plain path under the root; refused")
    }
    guard let end = path.lastIndex(of: slash) else { return ([], path[...]) }
    return (path[..<end], path[(end + 1)...])
}

/// Finds directories under a root, name by name, and remembers the last one, since requests come in the walk's order.
struct DirectoryCache: Sendable {
    private let root: SharedDescriptor
    private var last: (path: [UInt8], directory: SharedDescriptor)?

    init(root: SharedDescriptor) { self.root = root }

    /// The directory at a path that has only plain names.
    mutating func directory(at path: ArraySlice<UInt8>) throws(BuildContextError) -> SharedDescriptor {
        if path.isEmpty { return root }
        var directory = root
        var rest = path
        if let last, path.starts(with: last.path) {
            let tail = path.dropFirst(last.path.count)
            if tail.isEmpty { return last.directory }
            if tail.first == UInt8(ascii: "/") { (directory, rest) = (last.directory, tail) }
        }
        for name in rest.split(separator: UInt8(ascii: "/")) {
            var failure: Int32 = 0
            let opened = name.withCPath { SharedDescriptor.openDirectory($0, under: directory.raw, failure: &failure) }
            guard let opened else { throw .failed("open the directory of", Array(path), failure) }
            directory = opened
        }
        last = (Array(path), directory)
        return directory
    }
}
