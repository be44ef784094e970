import CaissonText
import CaissonSystem
import Glibc

/// A tree of files that was written into a directory: what must be known to find files that aren't part of it.
package struct ReceivedTree: Sendable {
    let root: SharedDescriptor
    let entries: EntryIndex

    /// Removes everything that none of the trees has from the directory that they were written into.
    ///
    /// It works from the descriptor through which the trees were written, name by name, and never through a symbolic
    /// link; so it can't reach anything outside of the directory.
    package static func removeOthers(than trees: [ReceivedTree]) throws(BuildContextError) {
        guard let root = trees.first?.root else { return }
        let kept = paths(of: trees)
        var directories = DirectoryCache(root: root)
        var waiting: [[UInt8]] = [[]]
        while let path = waiting.popLast() {
            let directory = OutputDirectory(descriptor: try directories.directory(at: path[...]))
            var others: [[UInt8]] = []
            for name in try directory.names(path: path) {
                let full = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
                guard kept.contains(full) else {
                    others.append(name)
                    continue
                }
                if directory.hasDirectory(name) { waiting.append(full) }
            }
            if !others.isEmpty { try remove(others, from: directory, path: path) }
        }
    }

    /// Removes everything without one of these names from a directory, such as folders of platforms no longer built.
    package static func removeOthers(than names: Set<String>, in path: String) throws(BuildContextError) {
        var failure: Int32 = 0
        let root = path.pathBytes.withCPath {
            SharedDescriptor.open($0, under: AT_FDCWD, O_RDONLY | O_DIRECTORY, failure: &failure)
        }
        guard let root else { throw .failed("open the directory", path.pathBytes, failure) }
        let directory = OutputDirectory(descriptor: root)
        let kept = Set(names.map { Array($0.utf8) })
        try remove(try directory.names(path: []).filter { !kept.contains($0) }, from: directory, path: [])
    }

    /// Removes names from a directory, which keeps its mode and time, since those belong to the result.
    private static func remove(
        _ names: [[UInt8]],
        from directory: OutputDirectory,
        path: [UInt8]
    ) throws(BuildContextError) {
        let status = directory.descriptor.status()
        directory.makeWritable(directory.descriptor)
        for name in names { try directory.removeWhole(name, path: path + [UInt8(ascii: "/")] + name) }
        // The mode and time of the directory that the user named don't belong to the result.
        guard let status, !path.isEmpty else { return }
        _ = fchmod(directory.descriptor.raw, status.st_mode & 0o7777)
        // As it is: some file systems keep seconds that are more than nanoseconds in 64 bits.
        _ = futimens(directory.descriptor.raw, [status.st_mtim, status.st_mtim])
    }

    private static func paths(of trees: [ReceivedTree]) -> Set<[UInt8]> {
        var paths: Set<[UInt8]> = []
        for tree in trees {
            for id in 0..<UInt32(tree.entries.count) {
                if let path = tree.entries.path(of: id) { paths.insert(path) }
            }
        }
        return paths
    }
}

extension DirectoryReceiver {
    /// What was written.
    package var received: ReceivedTree { ReceivedTree(root: root, entries: index) }
}
