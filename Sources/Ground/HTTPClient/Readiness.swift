import Glibc

/// A socket pair: a write to one end, from any thread, wakes whoever polls the other.
final class WakeDescriptor: Sendable {
    /// The end to poll.
    let descriptor: Int32
    private let writeEnd: Int32

    init() throws(HTTPClientError) {
        var ends: [Int32] = [-1, -1]
        guard makeSocketPair(&ends) else { throw .system("cannot make a socket pair", errno) }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// Wakes the poller, now or at its next poll.
    func wake() {
        var one: UInt8 = 1
        _ = send(writeEnd, &one, 1, Int32(MSG_NOSIGNAL))
    }
}

/// Two connected sockets, non-blocking and close-on-exec from the start.
func makeSocketPair(_ ends: inout [Int32]) -> Bool {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    return socketpair(AF_UNIX, kind, 0, &ends) == 0
}

/// How a wait on a descriptor ended.
enum Readiness: Sendable {
    case ready, deadline, cancelled
    case failed(Int32)
}

/// A moment by which something must have happened, and the limit from which it was computed.
struct Deadline: Sendable {
    let limit: Duration
    let instant: ContinuousClock.Instant

    init(after limit: Duration) {
        self.limit = limit
        instant = .now.advanced(by: limit)
    }

    /// What is left in milliseconds for `poll`, rounded up so that it never spins; 0 when it has passed.
    var milliseconds: Int32 {
        let left = ContinuousClock.Instant.now.duration(to: instant)
        guard left > .zero else { return 0 }
        let (whole, fraction) = left.components
        return Int32(clamping: min(whole, 1_000_000) * 1000 + fraction / 1_000_000_000_000_000 + 1)
    }
}

/// Waits without blocking the concurrency pool until the descriptor is ready; throws CancellationError when cancelled.
///
/// A short-lived thread polls the descriptor: that costs about 30 µs for each wait, and nothing while nobody waits. The
/// poll has ended before this returns, so the descriptor may be closed afterwards.
func waitUntilReady(_ descriptor: Int32, for events: Int32, until deadline: Deadline) async throws -> Readiness {
    try Task.checkCancellation()
    let waker = try WakeDescriptor()
    let outcome = await withTaskCancellationHandler {
        await pollOnThread(descriptor, for: events, until: deadline, waker)
    } onCancel: {
        waker.wake()
    }
    if case .cancelled = outcome { throw CancellationError() }
    return outcome
}

/// Waits until somebody connects to a listening socket; false when nobody came within the limit.
package func waitForConnection(on listener: Int32, atMost limit: Duration) async throws -> Bool {
    switch try await waitUntilReady(listener, for: POLLIN, until: Deadline(after: limit)) {
    case .ready: true
    case .deadline, .cancelled: false
    case .failed(let code): throw HTTPClientError.system("cannot wait for connections", code)
    }
}

/// Runs `pollUntilReady` on a thread of its own, and waits for its answer without blocking.
private func pollOnThread(
    _ descriptor: Int32,
    for events: Int32,
    until deadline: Deadline,
    _ waker: WakeDescriptor
) async -> Readiness {
    await withCheckedContinuation { continuation in
        do {
            try startThread {
                continuation.resume(returning: pollUntilReady(descriptor, for: events, until: deadline, waker))
            }
        } catch {
            continuation.resume(returning: .failed(EAGAIN))
        }
    }
}

/// The blocking part of `waitUntilReady`.
private func pollUntilReady(
    _ descriptor: Int32,
    for events: Int32,
    until deadline: Deadline,
    _ waker: WakeDescriptor
) -> Readiness {
    while true {
        var polled = [
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let left = deadline.milliseconds
        let count = poll(&polled, 2, left)
        if count < 0 {
            guard errno == EINTR else { return .failed(errno) }
        } else if polled[1].revents != 0 {
            return .cancelled
        } else if polled[0].revents != 0 {
            return .ready
        } else if left == 0 {
            return .deadline
        }
    }
}
