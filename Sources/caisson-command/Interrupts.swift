import Glibc
import Synchronization

/// Runs work that the user can interrupt: the first SIGINT, SIGTERM or SIGHUP cancels it and waits for its end, the next
/// SIGINT leaves at once with status 130.
///
/// Handlers write into a pipe that a thread of its own reads. Handlers, unlike a blocked mask for `sigwait`, are back to
/// the default in child processes; and the thread leaves even when every other one is stuck.
///
/// - Parameter restoreTerminal: Run on that thread just before leaving at once: must put the terminal back as it was
///   without taking a lock that the work may hold.
func withInterrupts<Result: Sendable>(
    restoreTerminal: @escaping @Sendable () -> Void,
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
    let listener = try SignalListener.start(
        onCancel: { continuation.yield() },
        onLeave: { status in
            restoreTerminal()
            _exit(status)
        }
    )
    defer { listener.stop() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await _ in interrupts { return nil }
            return nil
        }
        defer { continuation.finish() }
        while let ended = try await group.next() {
            // The watcher's end without the work's: an interrupt.
            group.cancelAll()
            if let result = ended { return result }
        }
        throw CancellationError()
    }
}

/// The signal handlers and the thread that acts on what they say.
private struct SignalListener {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    private let previous: [(signal: CInt, action: sigaction)]
    private let thread: pthread_t

    /// What the thread was told to do.
    private final class Orders: Sendable {
        let onCancel: @Sendable () -> Void
        let onLeave: @Sendable (Int32) -> Void

        init(onCancel: @escaping @Sendable () -> Void, onLeave: @escaping @Sendable (Int32) -> Void) {
            self.onCancel = onCancel
            self.onLeave = onLeave
        }
    }

    static func start(
        onCancel: @escaping @Sendable () -> Void,
        onLeave: @escaping @Sendable (Int32) -> Void
    ) throws -> SignalListener {
        guard SignalPipe.open() else { throw Errno(errno) }
        let orders = Unmanaged.passRetained(Orders(onCancel: onCancel, onLeave: onLeave))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { raw in
                guard let raw else { return nil }
                SignalListener.follow(Unmanaged<Orders>.fromOpaque(raw).takeRetainedValue())
                return nil
            },
            orders.toOpaque()
        )
        guard code == 0 else {
            orders.release()
            throw Errno(code)
        }
        return SignalListener(previous: installHandlers(), thread: thread)
    }

    /// Puts the earlier handlers back and ends the thread.
    func stop() {
        for (signal, action) in previous {
            var action = action
            sigaction(signal, &action, nil)
        }
        SignalPipe.write(0)
        pthread_join(thread, nil)
    }

    private static func installHandlers() -> [(CInt, sigaction)] {
        var replaced: [(CInt, sigaction)] = []
        for signal in signals {
            var old = sigaction()
            sigaction(signal, nil, &old)
            // nohup has hang-ups ignored: so they stay. An ignored SIGINT is only what a shell does to background jobs.
            if signal == SIGHUP, isIgnored(old) { continue }
            var new = sigaction()
            new.__sigaction_handler.sa_handler = { SignalPipe.write(UInt8(truncatingIfNeeded: $0)) }
            new.sa_flags = SA_RESTART
            sigemptyset(&new.sa_mask)
            sigaction(signal, &new, nil)
            replaced.append((signal, old))
        }
        return replaced
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    private static func follow(_ orders: Orders) {
        var state = InterruptState()
        while let signal = SignalPipe.read(), signal != 0 {
            switch state.received(CInt(signal)) {
            case .cancel: orders.onCancel()
            case .leave(let status): orders.onLeave(status)
            case .wait: break
            }
        }
    }
}

/// The pipe from the signal handlers to the thread; it is opened once and never closed, as a handler may run at any time.
private enum SignalPipe {
    private static let reader = Atomic<CInt>(-1)
    private static let writer = Atomic<CInt>(-1)

    static func open() -> Bool {
        guard writer.load(ordering: .acquiring) < 0 else { return true }
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must never block, however many signals come.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        reader.store(ends[0], ordering: .releasing)
        writer.store(ends[1], ordering: .releasing)
        return true
    }

    /// Writes a byte; safe in a signal handler: one load and one system call, `errno` kept.
    static func write(_ byte: UInt8) {
        let saved = errno
        var byte = byte
        _ = Glibc.write(writer.load(ordering: .acquiring), &byte, 1)
        errno = saved
    }

    /// Waits for a byte; nil when there won't be one.
    static func read() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(reader.load(ordering: .acquiring), &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else { return nil }
        }
    }
}
