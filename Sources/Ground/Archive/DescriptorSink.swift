import Glibc

/// Writes a tar to a descriptor: a file, a pipe or a socket; the writer waits while it is full.
///
/// Writes to a pipe don't block, so a pipe that nobody reads doesn't hold a writer that was cancelled.
package final class DescriptorSink {
    private let descriptor: Int32
    private let owned: Int32?
    private let name: String
    private let isCancelled: @Sendable () -> Bool
    /// How many bytes were written.
    package private(set) var written: Int64 = 0

    /// How long to wait for a full pipe before looking again whether the work was cancelled, in milliseconds.
    private static let patience: Int32 = 50

    /// Makes a sink for an open descriptor, which stays the caller's.
    /// - Parameter name: What it is called in messages.
    package init(_ descriptor: Int32, name: String, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.name = name
        self.isCancelled = isCancelled
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            self.descriptor = descriptor
            owned = nil
            return
        }
        // Opened anew, because all copies of a descriptor share its mode, even those of other programs.
        let own = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        owned = own >= 0 ? own : nil
        self.descriptor = own >= 0 ? own : descriptor
        // One block fits into the pipe; if the system refuses, the two programs only switch more often.
        _ = fcntl(descriptor, Self.setPipeSize, Int32(TarWriter.blockSize))
    }

    deinit {
        if let owned { close(owned) }
    }

    /// F_SETPIPE_SZ, which the Glibc module doesn't have.
    private static let setPipeSize: Int32 = 1031

    /// Writes all of the bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var rest = bytes
        while !rest.isEmpty {
            if isCancelled() { throw ArchiveError(.cancelled, "writing to \(name) was cancelled") }
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                written += Int64(count)
            } else if errno == EAGAIN {
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wanted, 1, Self.patience)
            } else if errno != EINTR {
                throw failure(errno)
            }
        }
    }

    private func failure(_ number: Int32) -> ArchiveError {
        switch number {
        case ENOSPC, EDQUOT:
            ArchiveError(.diskFull, "can't write to \(name): the disk is full; free some space and try again")
        case EPIPE: ArchiveError(.closed, "can't write to \(name): its reader has gone away")
        case EFBIG:
            ArchiveError(.system, "can't write to \(name): the file would be larger than allowed; see `ulimit -f`")
        default: ArchiveError(.system, "can't write to \(name): \(String(cString: strerror(number)))")
        }
    }
}
