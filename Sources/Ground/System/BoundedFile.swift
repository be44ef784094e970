import CaissonText
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
        /// It belongs to another user than the one whose it has to be, or is a link.
        case foreign

        /// The failure in words that follow a file name.
        package var explanation: String {
            switch self {
            case .missing: "does not exist"
            case .notRegular: "is not a regular file"
            case .tooLarge(let limit): "is larger than \(limit) bytes"
            case .system(let code): "can't be read (\(code))"
            case .foreign: "belongs to another user"
            }
        }

        /// The failure as a system call would tell it.
        package var errno: Errno {
            switch self {
            case .missing(let code), .system(let code): code
            case .notRegular: Errno(EINVAL)
            case .tooLarge: Errno(EFBIG)
            case .foreign: Errno(EPERM)
            }
        }
    }

    /// The whole content of a regular file.
    ///
    /// Files under /proc say that they are empty, so the limit is checked on what is really read.
    ///
    /// - Parameter owner: Whose it has to be, itself and not by way of a link; nil where that doesn't matter.
    package static func read(
        _ path: String,
        limit: Int = 1 << 20,
        owner: UInt32? = nil
    ) throws(Failure) -> [UInt8] {
        let (descriptor, status) = try opened(path, owner: owner)
        defer { close(descriptor) }
        guard status.st_size <= off_t(limit) else { throw .tooLarge(limit: limit) }
        return try readAll(descriptor, limit: limit)
    }

    /// The first bytes of a regular file.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - owner: Whose it has to be, itself and not by way of a link; nil where that doesn't matter.
    package static func head(_ path: String, upTo limit: Int, owner: UInt32? = nil) throws(Failure) -> [UInt8] {
        let (descriptor, _) = try opened(path, owner: owner)
        defer { close(descriptor) }
        do {
            return try BorrowedDescriptor(number: descriptor).read(upTo: limit)
        } catch {
            throw .system(error)
        }
    }

    private static func opened(_ path: String, owner: UInt32?) throws(Failure) -> (Int32, stat) {
        let links = owner == nil ? 0 : O_NOFOLLOW
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | links)
        guard descriptor >= 0 else {
            let code = Errno.last
            if owner != nil, code.number == ELOOP { throw .foreign }
            throw [ENOENT, ENOTDIR].contains(code.number) ? .missing(code) : .system(code)
        }
        do throws(Failure) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .system(.last) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
            if let owner, status.st_uid != owner { throw .foreign }
            return (descriptor, status)
        } catch {
            close(descriptor)
            throw error
        }
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
