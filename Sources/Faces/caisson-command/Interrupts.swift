import CaissonSystem
import Glibc
import Synchronization

/// Runs work that the user can interrupt: the first SIGINT, SIGTERM or SIGHUP cancels it and waits for its end, the next
/// SIGINT leaves at once with status 130.
///
/// Handlers write into a pipe that a thread of its own reads. Handlers, unlike a blocked mask for `sigwait`, are back to
/// the default in child processes; and the thread leaves even when every other one is stuck.
///
/// - Parameters:
///   - restoreTerminal: Run on that thread just before leaving at once: must put the terminal back as it was without taking
///     a lock that the work may hold.
///   - lendCancel: Gets what interrupts the work as a first signal does, for others who may.
func withInterrupts<Result: Sendable>(
    restoreTerminal: @escaping @Sendable () -> Void,
    lendCancel: (@escaping @Sendable () -> Void) -> Void = { _ in },
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
    defer { SignalListener.stop(listener) }
    lendCancel { continuation.yield() }
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

/// Those who want to know of signals, of which a process has one set however many commands run in it; and the handlers,
/// which are in place while there is anybody.
private enum SignalListener {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    private static let audience = Mutex(Audience())

    private struct Audience {
        var listeners: [UInt: Listener] = [:]
        var nextKey: UInt = 0
        var isFollowed = false
        var previous: [(signal: CInt, action: sigaction)] = []
    }

    private struct Listener: Sendable {
        var state = InterruptState()
        let onCancel: @Sendable () -> Void
        let onLeave: @Sendable (Int32) -> Void
    }

    /// Tells of signals from now on, until `stop` is called with the key that this returns.
    static func start(
        onCancel: @escaping @Sendable () -> Void,
        onLeave: @escaping @Sendable (Int32) -> Void
    ) throws -> UInt {
        try audience.withLock { audience in
            if !audience.isFollowed {
                guard SignalPipe.open() else { throw Errno.last }
                try startThread()
                audience.isFollowed = true
            }
            if audience.listeners.isEmpty { audience.previous = installHandlers() }
            audience.nextKey += 1
            audience.listeners[audience.nextKey] = Listener(onCancel: onCancel, onLeave: onLeave)
            return audience.nextKey
        }
    }

    /// Tells no more; the last one puts the earlier handlers back.
    static func stop(_ key: UInt) {
        audience.withLock { audience in
            audience.listeners[key] = nil
            guard audience.listeners.isEmpty else { return }
            for (signal, action) in audience.previous {
                var action = action
                sigaction(signal, &action, nil)
            }
            audience.previous = []
        }
    }

    /// Starts the thread that acts on what the handlers say.
    ///
    /// It stays for the next who listens.
    private static func startThread() throws {
        var thread = pthread_t()
        let follow: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
            while let signal = SignalPipe.read() { SignalListener.received(CInt(signal)) }
            return nil
        }
        let code = pthread_create(&thread, nil, follow, nil)
        guard code == 0 else { throw Errno(code) }
        pthread_detach(thread)
    }

    private static func received(_ signal: CInt) {
        let actions = audience.withLock { audience in
            audience.listeners.keys.sorted().compactMap { key -> (@Sendable () -> Void)? in
                guard var listener = audience.listeners[key] else { return nil }
                let action = listener.state.received(signal)
                audience.listeners[key] = listener
                return switch action {
                case .cancel: listener.onCancel
                case .leave(let status): { [leave = listener.onLeave] in leave(status) }
                case .wait: nil
                }
            }
        }
        for act in actions { act() }
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

/// What is to be done about a signal, as signals come.
///
/// The first asks the build to end and lets the engine clean up; one more from the keyboard means that the user won't
/// wait for that.
struct InterruptState {
    /// What is to be done.
    enum Action: Equatable {
        /// Cancel the work and wait for its end.
        case cancel
        /// Leave now.
        case leave(status: Int32)
        /// Nothing: the work is being cancelled already.
        case wait
    }

    private var isCancelling = false

    /// Decides about a signal.
    mutating func received(_ signal: CInt) -> Action {
        guard isCancelling else {
            isCancelling = true
            return .cancel
        }
        return signal == SIGINT ? .leave(status: 130) : .wait
    }
}
