import Glibc

/// Small files of our own that readers see whole, the old or the new one.
package enum AtomicFile {
    /// Writes a file, readable by its owner alone, beside its final name and moves it there.
    package static func replace(_ path: String, with content: [UInt8]) throws(SystemError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, errno) }
            rest = rest.dropFirst(count)
        }
        guard rename(temporary, path) == 0 else { throw failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> SystemError {
        SystemError(errno: code, "\(path) can't be written")
    }
}
