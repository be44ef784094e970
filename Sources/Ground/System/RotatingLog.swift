import Glibc

/// A daemon's log file: one for each start, the last few kept.
package struct RotatingLog: Sendable {
    /// The file's path.
    package let path: String
    /// How many older logs are kept.
    static let kept = 3
    /// A log that grows beyond this while the engine runs loses what is in it.
    static let largest = off_t(64 << 20)

    /// Names a log.
    package init(path: String) { self.path = path }

    /// Moves the older logs one number up and opens a new one to append to.
    package func startNew() throws(SystemError) -> Int32 {
        for number in (0..<Self.kept).reversed() {
            let from = number == 0 ? path : "\(path).\(number)"
            rename(from, "\(path).\(number + 1)")
        }
        return try open(flags: O_CREAT)
    }

    /// Opens the present log to append to.
    package func open(flags: Int32 = O_CREAT) throws(SystemError) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0o600)
        guard descriptor >= 0 else {
            throw SystemError(errno: errno, "\(path) can't be written")
        }
        return descriptor
    }

    /// Empties a log that has grown too large; its writers append.
    package func bound(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > Self.largest else { return }
        if ftruncate(descriptor, 0) == 0 {
            Self.note("the log had grown beyond 64 MiB and was emptied", to: descriptor)
        }
    }

    /// Adds a line of the supervisor's.
    package static func note(_ text: String, to descriptor: Int32) {
        let line = Array("caisson: \(text)\n".utf8)
        _ = write(descriptor, line, line.count)
    }

    /// The last lines, for an error; control characters are gone.
    package func tail(lines: Int = 12) -> String {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        _ = lseek(descriptor, max(0, size - 8192), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return "" }
        let all = bytes[..<count].split(separator: 0x0a)
        // The first one may have been cut.
        let whole = size > 8192 ? all.dropFirst() : all[...]
        return whole.suffix(lines).map { line in
            String(decoding: line.filter { $0 >= 0x20 && $0 != 0x7f }, as: UTF8.self)
        }.joined(separator: "\n")
    }
}
