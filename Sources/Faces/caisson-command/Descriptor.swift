import CaissonBuildModel
import Glibc

/// A file descriptor that is written to or read from to the end, short counts and interruptions included.
struct Descriptor: Sendable, Hashable {
    /// The descriptor; its owner is whoever opened it.
    var number: CInt

    static let standardInput = Descriptor(number: 0)
    static let standardOutput = Descriptor(number: 1)
    static let standardError = Descriptor(number: 2)

    /// Whether it is a terminal.
    var isTerminal: Bool { isatty(number) == 1 }

    /// Writes all bytes.
    func write(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                throw Errno(errno)
            }
        }
    }

    /// Writes a text of which nobody can be told that it failed.
    func writeIgnoringErrors(_ text: String) {
        try? write(Array(text.utf8))
    }

    /// Whether a read would give bytes, the end or an error at once.
    var isReadable: Bool {
        var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) != 0
    }

    /// Reads what is there, at most `limit` bytes; none at the end.
    func readOnce(upTo limit: Int) throws(Errno) -> [UInt8] {
        while true {
            var failure: CInt = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let result = Glibc.read(number, buffer.baseAddress, limit)
                failure = result < 0 ? errno : 0
                count = max(result, 0)
            }
            if failure == 0 { return bytes }
            guard failure == EINTR || failure == EAGAIN else { throw Errno(failure) }
        }
    }

    /// Reads until there are `limit` bytes or the input ends.
    func read(upTo limit: Int) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 64 * 1024))
        while bytes.count < limit {
            let wanted = min(limit - bytes.count, buffer.count)
            let count = buffer.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, wanted) }
            if count > 0 {
                bytes += buffer.prefix(count)
            } else if count == 0 {
                break
            } else if errno == EAGAIN {
                var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                throw Errno(errno)
            }
        }
        return bytes
    }
}

/// The number that a system call failed with.
struct Errno: Error, Hashable, CustomStringConvertible {
    /// The number.
    var number: CInt

    init(_ number: CInt) {
        self.number = number
    }

    /// The system's words for it, such as `No such file or directory`.
    var description: String {
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }
}
