import Glibc

/// Reads small files that came from outside: regular ones only, never more than a limit, never blocking on a FIFO.
package enum BoundedFile {
    /// Why a file was not read.
    package enum Failure: Error, Sendable, Hashable {
        /// There is no such file.
        case missing
        /// It is a directory, a FIFO, a device or a socket.
        case notRegular
        /// It is larger than the limit.
        case tooLarge(limit: Int)
        /// The operating system refused, with this errno.
        case system(Int32)

        /// The failure in words that follow a file name.
        package var explanation: String {
            switch self {
            case .missing: "does not exist"
            case .notRegular: "is not a regular file"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            case .system(let code): "can't be read (\(String(cString: strerror(code))))"
            }
        }
    }

    /// The whole content of a regular file.
    ///
    /// Files under /proc say that they are empty, so the limit is checked on what is really read.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR ? .missing : .system(code)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= off_t(limit) else { throw .tooLarge(limit: limit) }
        return try readAll(descriptor, limit: limit)
    }

    private static func readAll(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw .system(code)
            }
            guard content.count + count <= limit else { throw .tooLarge(limit: limit) }
            content.append(contentsOf: chunk[..<count])
        }
    }
}
