import CaissonSystem
import Glibc

/// Writes without blocking a thread, however slow the reader is; one that doesn't read at all is waited for so long.
struct PatientOutput: Sendable {
    let descriptor: BorrowedDescriptor
    /// How long to wait for a reader that takes nothing.
    var patience = Duration.seconds(60)

    /// What a pipe that is ready takes without blocking.
    private static let pieceSize = 4096

    /// Writes all bytes.
    /// - Throws: `Errno` when that fails, `ETIMEDOUT` when the reader takes nothing; `CancellationError`.
    func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await waitForRoom()
            let count = rest.withUnsafeBytes {
                Glibc.write(descriptor.number, $0.baseAddress, min($0.count, Self.pieceSize))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                throw Errno.last
            }
        }
    }

    private func waitForRoom() async throws {
        // A machine that slept doesn't make the reader late.
        let end = SuspendingClock.now + patience
        var pause = Duration.milliseconds(1)
        while !isReady {
            guard SuspendingClock.now < end else { throw Errno(ETIMEDOUT) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    /// Whether a write would take bytes, or fail, at once.
    var isReady: Bool {
        var poll = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, 0) != 0
    }
}
