import CaissonSystem
import Glibc

/// The size of a terminal in cells.
package struct TerminalSize: Sendable, Hashable {
    /// Columns.
    package var width: Int
    /// Lines.
    package var height: Int

    /// Makes a size; if width or height isn't positive, the classic size of a terminal: 80 by 24.
    package init(width: Int, height: Int) {
        self.width = width > 0 ? width : 80
        self.height = height > 0 ? height : 24
    }
}

/// Where progress is written.
package struct ProgressOutput: Sendable {
    /// Writes as much as possible without waiting, and returns the number of bytes.
    ///
    /// It is 0 when there is no room now, and nil when there never will be, because the reader is gone.
    package var write: @Sendable (ArraySlice<UInt8>) -> Int?
    /// The terminal's size at this moment.
    package var size: @Sendable () -> TerminalSize

    /// Waits until there is room to write, for at most this many milliseconds.
    package var wait: @Sendable (Int32) -> Void

    /// Makes an output of functions.
    package init(
        write: @escaping @Sendable (ArraySlice<UInt8>) -> Int?,
        wait: @escaping @Sendable (Int32) -> Void = { _ in },
        size: @escaping @Sendable () -> TerminalSize = { TerminalSize(width: 0, height: 0) }
    ) {
        self.write = write
        self.wait = wait
        self.size = size
    }

    /// The output to an open descriptor, which the caller has to close.
    package static func descriptor(_ descriptor: Int32) -> ProgressOutput {
        ProgressOutput(
            write: { Self.write($0, to: descriptor) },
            wait: { milliseconds in
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, milliseconds)
            },
            size: {
                let size = BorrowedDescriptor(number: descriptor).windowSize
                return TerminalSize(width: size?.width ?? 0, height: size?.height ?? 0)
            }
        )
    }

    /// Writes at most one pipe block, after asking whether there is room, so that it waits on no descriptor.
    ///
    /// The descriptor may be blocking: its flags stay as they are, because others share them.
    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&request, 1, 0)
        if ready == 0 { return 0 }
        if ready < 0 { return errno == EINTR || errno == EAGAIN ? 0 : nil }
        if request.revents & Int16(POLLOUT) == 0 { return nil }
        let count = bytes.prefix(4096).withUnsafeBytes { buffer in
            withoutBrokenPipeSignal { Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
        }
        if count >= 0 { return count }
        return errno == EINTR || errno == EAGAIN ? 0 : nil
    }

    /// Runs a write that may raise SIGPIPE, which would end the program.
    ///
    /// The signal is blocked for this thread meanwhile, and removed if it came.
    private static func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        guard pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 else { return body() }
        let result = body()
        let failure = errno
        if result < 0, failure == EPIPE {
            var now = timespec(tv_sec: 0, tv_nsec: 0)
            while sigtimedwait(&pipe, nil, &now) < 0, errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        errno = failure
        return result
    }
}
