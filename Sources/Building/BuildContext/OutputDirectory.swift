import CaissonSystem
import Glibc

/// Makes, replaces and removes names in one open directory, never through a symbolic link.
struct OutputDirectory {
    /// The directory.
    let descriptor: SharedDescriptor

    private static let prefix = ".tmp.caisson-"

    /// A name that no file has.
    static func temporaryName() -> [UInt8] {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return Array((prefix + digits).utf8)
    }

    /// Puts a file with a temporary name in its place, and removes what was there before.
    func replace(_ name: ArraySlice<UInt8>, by temporary: [UInt8], path: [UInt8]) throws(BuildContextError) {
        var failure = rename(temporary[...], to: name)
        if failure == EISDIR || failure == EEXIST || failure == ENOTEMPTY {
            // A directory is in the way: it is renamed in one step, and taken apart afterwards.
            let old = Self.temporaryName()
            failure = rename(name, to: old[...])
            if failure == 0 { failure = rename(temporary[...], to: name) }
            if failure == 0 { try removeTree(old, path: path) }
        }
        // rename() does nothing, and leaves both names, when they stand for the same file.
        remove(temporary)
        if failure != 0 { throw .failed("write", path, failure) }
    }

    /// Makes a directory, or keeps one that is there; anything else with that name is removed.
    func makeDirectory(_ name: ArraySlice<UInt8>, path: [UInt8]) throws(BuildContextError) {
        for _ in 0..<3 {
            let failure: Int32 = name.withCPath { mkdirat(descriptor.raw, $0, 0o700) == 0 ? 0 : errno }
            if failure == 0 { return }
            guard failure == EEXIST else { throw .failed("make the directory", path, failure) }
            var number: Int32 = 0
            if let old = name.withCPath({ SharedDescriptor.openDirectory($0, under: descriptor.raw, failure: &number) })
            {
                return makeWritable(old)
            }
            // ENOTDIR: a file, or a link, because the open doesn't follow links.
            guard number == ENOTDIR || number == ELOOP || number == ENOENT else {
                throw .failed("open the directory", path, number)
            }
            if number != ENOENT { remove(Array(name)) }
        }
        throw .failed("make the directory", path, EEXIST)
    }

    /// Removes a name that isn't a directory, if it is there.
    func remove(_ name: [UInt8]) {
        name.withCPath { _ = unlinkat(descriptor.raw, $0, 0) }
    }

    /// Lets us write into a directory, this one or one in it, whatever its mode is.
    func makeWritable(_ directory: SharedDescriptor) {
        // Its final mode is set at the end; until then it must be writable for us.
        guard let status = directory.status(), status.st_mode & 0o700 != 0o700 else { return }
        fchmod(directory.raw, status.st_mode & 0o7777 | 0o700)
    }

    private func rename(_ old: ArraySlice<UInt8>, to new: ArraySlice<UInt8>) -> Int32 {
        old.withCPath { old in
            new.withCPath { new in renameat(descriptor.raw, old, descriptor.raw, new) == 0 ? 0 : errno }
        }
    }
}

// MARK: - Removing trees

extension OutputDirectory {
    /// The most levels that are open at once; what lies deeper is moved up first.
    private static let mostOpen = 32

    /// Removes a name, together with its content if it is a directory.
    func removeWhole(_ name: [UInt8], path: [UInt8]) throws(BuildContextError) {
        let failure = unlink(name, 0)
        if failure == 0 || failure == ENOENT { return }
        guard failure == EISDIR || failure == EPERM else { throw .failed("remove", path, failure) }
        try removeTree(name, path: path)
    }

    /// Whether a name is a directory, and not a link to one.
    func hasDirectory(_ name: [UInt8]) -> Bool {
        var status = stat()
        return name.withCPath { fstatat(descriptor.raw, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0
            && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a directory and everything in it.
    func removeTree(_ name: [UInt8], path: [UInt8]) throws(BuildContextError) {
        var waiting = [name]
        while let next = waiting.popLast() { waiting += try removeOnce(next, path: path) }
    }

    /// Removes a tree down to the deepest level that may be open.
    ///
    /// What lies deeper is moved into this directory, and its new names are returned.
    private func removeOnce(_ name: [UInt8], path: [UInt8]) throws(BuildContextError) -> [[UInt8]] {
        var moved: [[UInt8]] = []
        var levels: [(directory: OutputDirectory, names: [[UInt8]], name: [UInt8])] = []
        var entering: [UInt8]? = name
        while true {
            if let name = entering {
                let inner = try (levels.last?.directory ?? self).inner(name, path: path)
                levels.append((inner, try inner.names(path: path), name))
                entering = nil
            }
            let level = levels.count - 1
            if let next = levels[level].names.popLast() {
                let failure = levels[level].directory.unlink(next, 0)
                if failure == 0 || failure == ENOENT { continue }
                guard failure == EISDIR || failure == EPERM else { throw .failed("remove", path, failure) }
                if levels.count < Self.mostOpen {
                    entering = next
                } else {
                    moved.append(try levels[level].directory.move(next, to: self, path: path))
                }
            } else {
                let done = levels.removeLast().name
                let failure = (levels.last?.directory ?? self).unlink(done, AT_REMOVEDIR)
                guard failure == 0 || failure == ENOENT else { throw .failed("remove", path, failure) }
                if levels.isEmpty { return moved }
            }
        }
    }

    private func inner(_ name: [UInt8], path: [UInt8]) throws(BuildContextError) -> OutputDirectory {
        var failure: Int32 = 0
        let opened = name.withCPath { SharedDescriptor.openDirectory($0, under: descriptor.raw, failure: &failure) }
        guard let opened else { throw .failed("remove", path, failure) }
        makeWritable(opened)
        return OutputDirectory(descriptor: opened)
    }

    /// The names in the directory.
    func names(path: [UInt8]) throws(BuildContextError) -> [[UInt8]] {
        let listing = try DirectoryListing(of: descriptor, path: path)
        return (0..<listing.count).map { index in
            var name: [UInt8] = []
            listing.appendName(at: index, to: &name)
            return name
        }
    }

    private func unlink(_ name: [UInt8], _ flags: Int32) -> Int32 {
        name.withCPath { unlinkat(descriptor.raw, $0, flags) == 0 ? 0 : errno }
    }

    private func move(
        _ name: [UInt8],
        to other: OutputDirectory,
        path: [UInt8]
    ) throws(BuildContextError) -> [UInt8] {
        let new = Self.temporaryName()
        let failure: Int32 = name.withCPath { old in
            new.withCPath { renameat(descriptor.raw, old, other.descriptor.raw, $0) == 0 ? 0 : errno }
        }
        if failure != 0 { throw .failed("remove", path, failure) }
        return new
    }
}
