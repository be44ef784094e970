import Glibc

extension ContextWalk {
    /// The status of a name, or nil when it is gone.
    func status(of index: Int, in directory: Descriptor) throws(BuildContextError) -> stat? {
        var status = stat()
        let failure: Int32 = frames[frames.count - 1].listing.withName(at: index) {
            fstatat(directory.raw, $0, &status, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno
        }
        if failure == 0 { return status }
        if failure == ENOENT || failure == ENOTDIR { return nil }
        throw .failed("look at", path, failure)
    }

    /// Goes into a directory.
    func enter(
        _ index: Int,
        in directory: Descriptor,
        status: stat,
        isIncluded: Bool
    ) throws(BuildContextError) {
        var failure: Int32 = 0
        let opened = frames[frames.count - 1].listing.withName(at: index) {
            Descriptor.openDirectory($0, under: directory.raw, failure: &failure)
        }
        guard let opened, let status = opened.status() else {
            switch failure {
            // Gone, or replaced by something else.
            case ENOENT, ENOTDIR, ELOOP: return
            case EACCES where !isIncluded, EPERM where !isIncluded: return
            default: throw .failed("read directory", path, failure)
            }
        }
        let own = try entry(index, status, in: directory)
        if isIncluded { try emit(own) }
        frames.append(
            Frame(
                directory: opened,
                identity: FileIdentity(status),
                listing: try DirectoryListing(of: opened, path: path),
                pathLength: path.count,
                pending: isIncluded ? nil : own,
                results: results
            )
        )
        if frames.count > Self.mostOpen { frames[frames.count - 1 - Self.mostOpen].directory = nil }
    }

    /// Leaves the innermost directory, and opens the one above again if it had been closed.
    func leave() throws(BuildContextError) {
        let left = frames.removeLast()
        let level = frames.count - 1
        guard level >= 0, frames[level].directory == nil else { return }
        var failure: Int32 = 0
        if let inner = left.directory {
            let upper = Descriptor.openDirectory("..", under: inner.raw, failure: &failure)
            if let upper, let status = upper.status(), FileIdentity(status) == frames[level].identity {
                frames[level].directory = upper
                return
            }
        }
        // It was moved away from under us. What is now in its place, if it is the same directory, is as good.
        var directories = DirectoryCache(root: root)
        let found = try? directories.directory(at: path[..<frames[level].pathLength])
        guard let found, let status = found.status(), FileIdentity(status) == frames[level].identity else { return }
        frames[level].directory = found
    }

    /// Gives out an entry, after those of its directories that were not given out yet.
    func emit(_ entry: Entry?) throws(BuildContextError) {
        guard let entry else { return }
        var late: [Entry] = []
        for level in frames.indices {
            guard let pending = frames[level].pending else { continue }
            late.append(pending)
            frames[level].pending = nil
        }
        ready.append(entry)
        ready.append(contentsOf: late.reversed())
    }

    /// What is said about a name; nil when it is gone or of a kind that can't be sent.
    func entry(_ index: Int, _ status: stat, in directory: Descriptor) throws(BuildContextError) -> Entry? {
        var entry = Entry(path: path, mode: FileMode(status.st_mode))
        if let notice = notice(about: entry.mode) {
            notices.append(notice)
            return nil
        }
        if output != nil || temporary != nil {
            let own = FileIdentity(status)
            if own == output { notices.append(.outputSkipped(path: path)) }
            if own == output || own == temporary { return nil }
        }
        let seconds = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
        entry.modificationTime = seconds &+ Int64(status.st_mtim.tv_nsec)
        if !entry.mode.isDirectory { entry.size = Int64(status.st_size) }
        if entry.mode.isRegular { entry.allocatedSize = Int64(status.st_blocks) * 512 }
        if entry.mode.isSymlink {
            guard let target = try target(of: index, in: directory) else { return nil }
            entry.linkname = target
        } else if !entry.mode.isDirectory, status.st_nlink > 1 {
            let first = links[FileIdentity(status)]
            if first == nil { links[FileIdentity(status)] = path }
            entry.linkname = first ?? []
        }
        guard readsAttributes else { return entry }
        let listing = frames[frames.count - 1].listing
        entry.attributes = listing.withName(at: index) {
            attributes.attributes(of: $0, in: directory, device: UInt64(status.st_dev))
        }
        return entry
    }

    /// What is said about a file of a kind that isn't sent; nil for the others.
    private func notice(about mode: FileMode) -> ContextNotice? {
        if mode.contains(.socket) { return .socketSkipped(path: path) }
        if mode.contains(.namedPipe) { return .fifoSkipped(path: path) }
        if !mode.isDisjoint(with: [.device, .irregular]) { return .deviceSkipped(path: path) }
        return nil
    }

    /// Opens the regular file that `next()` gave last; nil when it is gone.
    func open(_ entry: Entry) throws(BuildContextError) -> FileReader? {
        let name = entry.path[(entry.path.lastIndex(of: UInt8(ascii: "/")) ?? -1).advanced(by: 1)...]
        guard let directory = frames.last?.directory else { return nil }
        var failure: Int32 = 0
        // Non-blocking, as it may have become a FIFO meanwhile.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = name.withCPath { Descriptor.open($0, under: directory.raw, flags, failure: &failure) }
        guard let opened else {
            if failure == ENOENT || failure == ENOTDIR { return nil }
            if failure == ELOOP || failure == ENXIO { throw DirectorySource.notAFile(entry.path) }
            throw .failed("read", entry.path, failure)
        }
        guard let status = opened.status(), status.st_mode & S_IFMT == S_IFREG else {
            throw DirectorySource.notAFile(entry.path)
        }
        return FileReader(opened, path: entry.path, announcedSize: Int64(status.st_size))
    }

    private func target(of index: Int, in directory: Descriptor) throws(BuildContextError) -> [UInt8]? {
        let listing = frames[frames.count - 1].listing
        var failure: Int32 = 0
        let target = listing.withName(at: index) { linkTarget($0, in: directory, failure: &failure) }
        if let target { return target }
        // Gone, or no link any more.
        if failure == ENOENT || failure == EINVAL || failure == ENOTDIR { return nil }
        throw .failed("read the link", path, failure)
    }
}

/// What a symbolic link holds; nil, with `failure` set, when it can't be read.
func linkTarget(_ name: UnsafePointer<CChar>, in directory: Descriptor, failure: inout Int32) -> [UInt8]? {
    // The kernel holds no longer ones.
    var count = 0
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    count = readlinkat(directory.raw, name, &target, target.count)
    if count < 0 {
        failure = errno
        return nil
    }
    return target[..<count].map { UInt8(bitPattern: $0) }
}
