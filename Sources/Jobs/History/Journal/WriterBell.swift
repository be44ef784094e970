import Glibc

/// Wakes the writer's thread; of several rings before it wakes each ends one wait at most.
///
/// A pipe: its readers' waits are by a clock that nobody sets.
final class WriterBell: Sendable {
    private let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without descriptors nobody rings, and the thread looks by itself.
        _ = pipe(&ends)
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        for end in [reading, writing] where end >= 0 { close(end) }
    }

    /// Wakes the thread, or lets its next wait end at once.
    func ring() {
        var byte: UInt8 = 1
        // A full pipe rings already.
        _ = write(writing, &byte, 1)
    }

    /// Sleeps until somebody rings.
    func wait() { wait(milliseconds: reading < 0 ? 50 : -1) }

    /// Sleeps until somebody rings, but no longer than some milliseconds.
    func wait(milliseconds: Int) {
        var end = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard poll(&end, 1, Int32(clamping: milliseconds)) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = read(reading, &bytes, bytes.count)
    }
}
