import CaissonSystem
import Glibc

extension ContextWalk {
    /// The status of a name, or nil when it is gone.
    func status(of index: Int, in directory: SharedDescriptor) throws(BuildContextError) -> stat? {
        var failure: Int32 = 0
        let status = frames[frames.count - 1].listing.withName(at: index) {
            FileInspector.status(of: $0, in: directory, failure: &failure)
        }
        if let status { return status }
        if failure == ENOENT || failure == ENOTDIR { return nil }
        throw .failed("look at", path, failure)
    }

    /// Goes into a directory.
    func enter(
        _ index: Int,
        in directory: SharedDescriptor,
        isIncluded: Bool
    ) throws(BuildContextError) {
        var failure: Int32 = 0
        let opened = frames[frames.count - 1].listing.withName(at: index) {
            SharedDescriptor.openDirectory($0, under: directory.raw, failure: &failure)
        }
        guard let opened, let status = opened.status() else {
            switch failure {
            // It is gone, or something else has taken its place.
            case ENOENT, ENOTDIR, ELOOP: return
            case EACCES where !isIncluded, EPERM where !isIncluded: return
            default: throw .failed("read directory", path, failure)
            }
        }
        var (own, _) = FileInspector.entry(path, status)
        own.attributes = frames[frames.count - 1].listing.withName(at: index) {
            inspector.attributes(ofOpen: opened.raw, $0, in: directory, device: UInt64(status.st_dev))
        }
        if chunk != nil {
            chunk?.add(own, isIncluded: isIncluded)
        } else {
            ready = order.enter(own, isIncluded: isIncluded).reversed()
        }
        frames.append(
            Frame(
                directory: opened,
                identity: FileIdentity(status),
                listing: try DirectoryListing(of: opened, path: path),
                pathLength: path.count,
                results: results
            )
        )
        if frames.count > Self.mostOpen { frames[frames.count - 1 - Self.mostOpen].directory = nil }
    }

    /// Leaves the innermost directory, and opens the one above it again if that had been closed.
    func leave() throws(BuildContextError) {
        let left = frames.removeLast()
        let level = frames.count - 1
        guard level >= 0 else { return }
        if chunk != nil { chunk?.addLeaving() } else { order.leave() }
        guard frames[level].directory == nil else { return }
        var failure: Int32 = 0
        if let inner = left.directory {
            let upper = SharedDescriptor.openDirectory("..", under: inner.raw, failure: &failure)
            if let upper, let status = upper.status(), FileIdentity(status) == frames[level].identity {
                frames[level].directory = upper
                return
            }
        }
        // Somebody has moved the directory. What its path leads to now will do, if that is the same directory.
        var directories = DirectoryCache(root: root)
        let found = try? directories.directory(at: path[..<frames[level].pathLength])
        guard let found, let status = found.status(), FileIdentity(status) == frames[level].identity else { return }
        frames[level].directory = found
    }

    /// Gives out a file, after those of its directories that were not given out yet, or leaves the look at it to
    /// others.
    func emit(
        _ index: Int,
        nameLength: Int,
        _ status: stat,
        in directory: SharedDescriptor
    ) throws(BuildContextError) {
        guard chunk == nil else {
            chunk?.add(path, nameLength: nameLength, in: directory, isRegular: false)
            return
        }
        let finding = frames[frames.count - 1].listing.withName(at: index) {
            name -> Result<FileInspector.Finding, BuildContextError> in
            do throws(BuildContextError) {
                return .success(try inspector.finding(name, in: directory, path: path, status: status))
            } catch {
                return .failure(error)
            }
        }
        switch try finding.get() {
        case .entry(var entry, let identity):
            if let identity { entry.linkname = order.firstPath(of: identity, path) ?? [] }
            ready = [entry] + order.flush().reversed()
        case .notice(let notice): notices.append(notice)
        case .nothing, .hidden: break
        }
    }
}
