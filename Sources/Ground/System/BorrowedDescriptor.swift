import Glibc

/// A descriptor that somebody else closes, such as a standard stream.
///
/// It is written to or read from to the end, short counts and interruptions included.
package struct BorrowedDescriptor: Sendable, Hashable {
    /// The number.
    package var number: Int32

    /// Borrows a descriptor from whoever opened it.
    package init(number: Int32) { self.number = number }

    /// What the program reads.
    package static let standardInput = BorrowedDescriptor(number: 0)
    /// What the program answers.
    package static let standardOutput = BorrowedDescriptor(number: 1)
    /// What the program says beside its answer.
    package static let standardError = BorrowedDescriptor(number: 2)

    /// Whether it is a terminal.
    package var isTerminal: Bool { isatty(number) == 1 }

    /// The columns and lines of the terminal that it is; nil where it is none, or the terminal doesn't know.
    package var windowSize: (width: Int, height: Int)? {
        var size = winsize()
        guard ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                wait(for: POLLOUT)
            } else if errno != EINTR {
                throw .last
            }
        }
    }

    /// Writes a text of which nobody can be told that it failed.
    package func writeIgnoringErrors(_ text: String) {
        try? write(Array(text.utf8))
    }

    /// Whether a read would give bytes, the end or an error at once.
    package var isReadable: Bool {
        var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) != 0
    }

    /// Reads what is there, at most `limit` bytes; none at the end.
    package func readOnce(upTo limit: Int) throws(Errno) -> [UInt8] {
        while true {
            var failure: Int32 = 0
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
    package func read(upTo limit: Int) throws(Errno) -> [UInt8] {
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
                wait(for: POLLIN)
            } else if errno != EINTR {
                throw .last
            }
        }
        return bytes
    }

    private func wait(for events: Int32) {
        var poll = pollfd(fd: number, events: Int16(events), revents: 0)
        _ = Glibc.poll(&poll, 1, -1)
    }
}
