import CaissonText
import Glibc

/// The names in a directory, without `.` and `..`.
package enum DirectoryNames {
    /// The names that are wanted, sorted, and no more than a limit; none where the directory can't be read.
    package static func sorted(
        in directory: String,
        limit: Int,
        where isWanted: (String) -> Bool = { _ in true }
    ) -> [String] {
        guard limit > 0, let stream = opendir(directory.cPath) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        visit(stream) { pointer in
            let name = String(cPath: pointer)
            if isWanted(name) { names.append(name) }
            return names.count < limit
        }
        return names.sorted()
    }

    /// All names, sorted by their bytes, but no more than a limit.
    ///
    /// - Parameter followsLink: Whether the directory itself may be a symbolic link to one.
    /// - Throws: Why the directory can't be read to its end.
    package static func all(
        in directory: String,
        limit: Int,
        followsLink: Bool = true
    ) throws(Errno) -> [String] {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor = open(directory.cPath, flags)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var names: [String] = []
        let failure = visit(descriptor) { pointer in
            guard names.count < limit else { return false }
            names.append(String(cPath: pointer))
            return true
        }
        if let failure { throw failure }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Calls with each name in an open directory, in no order and as the system has it, until a call answers false.
    ///
    /// The descriptor stays the caller's, but its position is that of the end afterwards.
    ///
    /// - Returns: Why the directory can't be read to its end; nil where it was, or a call answered false.
    @discardableResult
    package static func visit(_ directory: Int32, _ body: (UnsafePointer<CChar>) -> Bool) -> Errno? {
        // A stream closes what it reads, so it gets a descriptor of its own.
        let own = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { return .last }
        guard let stream = fdopendir(own) else {
            let failure = Errno.last
            close(own)
            return failure
        }
        defer { closedir(stream) }
        return visit(stream, body)
    }

    /// The next entry of a stream; nil at its end, and with `errno` set where it can't be read.
    private static func next(_ stream: OpaquePointer) -> UnsafeMutablePointer<dirent>? {
        errno = 0
        return readdir(stream)
    }

    @discardableResult
    private static func visit(_ stream: OpaquePointer, _ body: (UnsafePointer<CChar>) -> Bool) -> Errno? {
        while let entry = next(stream) {
            let goesOn = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) { name in
                    isSelfOrParent(name) || body(name)
                }
            }
            guard goesOn else { return nil }
        }
        return errno == 0 ? nil : .last
    }

    private static func isSelfOrParent(_ name: UnsafePointer<CChar>) -> Bool {
        strcmp(name, ".") == 0 || strcmp(name, "..") == 0
    }
}
