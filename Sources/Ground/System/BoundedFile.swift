import Glibc

/// Reads small files that came from outside: regular ones only, never more than a limit, never blocking on a FIFO.
package enum BoundedFile {
    /// Why a file was not read.
    package enum Failure: Error, Sendable, Hashable {
        /// There is no such file, or no such directory on the way to it.
        case missing(Errno)
        /// It is a directory, a FIFO, a device or a socket.
        case notRegular
        /// It is larger than the limit.
        case tooLarge(limit: Int)
        /// The operating system refused.
        case system(Errno)

        /// The failure in words that follow a file name.
        package var explanation: String {
            switch self {
            case .missing: "does not exist"
            case .notRegular: "is not a regular file"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            case .system(let code): "can't be read (\(code))"
            }
        }

        /// The failure as a system call would tell it.
        package var errno: Errno {
            switch self {
            case .missing(let code), .system(let code): code
            case .notRegular: Errno(EINVAL)
            case .tooLarge: Errno(EFBIG)
            }
        }
    }

    /// The whole content of a regular file.
    ///
    /// Files under /proc say that they are empty, so the limit is checked on what is really read.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let code = Errno.last
            throw [ENOENT, ENOTDIR].contains(code.number) ? .missing(code) : .system(code)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.last) }
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
                if errno == EINTR { continue }
                throw .system(.last)
            }
            guard content.count + count <= limit else { throw .tooLarge(limit: limit) }
            content.append(contentsOf: chunk[..<count])
        }
    }
}
