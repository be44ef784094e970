import CaissonCCurl
import Synchronization

/// What tasks ask of the thread.
enum TransferCommand: Sendable {
    case start(Transfer)
    case resume(Transfer)
    case abort(Transfer)
    case stop
}

/// The way to the one thread that runs all transfers of a client; the first transfer starts it.
final class TransferLoop: Sendable {
    /// libcurl's multi handle, for waking the thread that owns it.
    // Safety: other threads use it only for curl_multi_wakeup, which any thread may call, and only under the lock and
    // while the phase says that the handle lives.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    private enum Phase {
        case idle
        case starting
        case running(Waker)
        case stopped(HTTPClientError)
    }

    private struct Shared {
        var phase = Phase.idle
        var commands: [TransferCommand] = []
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let shared = Mutex(Shared())

    /// Hands a command to the thread; a transfer that can't be started ends with the reason.
    func submit(_ command: TransferCommand) {
        let (mustStart, refusal) = shared.withLock { shared -> (Bool, HTTPClientError?) in
            switch shared.phase {
            case .stopped(let reason): return (false, reason)
            case .idle:
                guard case .start = command else { return (false, nil) }
                shared.phase = .starting
                shared.commands.append(command)
                return (true, nil)
            case .starting: shared.commands.append(command)
            case .running(let waker):
                shared.commands.append(command)
                _ = ccurl_multi_wakeup(waker.multi)
            }
            return (false, nil)
        }
        if let refusal, case .start(let transfer) = command { transfer.end(refusal) }
        guard mustStart else { return }
        do {
            try startThread { self.run() }
        } catch {
            finish(error)
        }
    }

    /// Ends all transfers and waits until the thread has freed everything.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isOver = shared.withLock { shared in
                switch shared.phase {
                case .idle, .stopped:
                    shared.phase = .stopped(Self.shutDown)
                    return true
                case .starting, .running:
                    shared.stopWaiters.append(continuation)
                    return false
                }
            }
            if isOver { continuation.resume() } else { submit(.stop) }
        }
    }

    /// The commands that came since the last call.
    func takeCommands() -> [TransferCommand] {
        shared.withLock { shared in
            let commands = shared.commands
            shared.commands.removeAll()
            return commands
        }
    }

    /// The thread.
    private func run() {
        do {
            // Loading takes some 10 ms; on this thread it delays only the requests that need libcurl.
            try CurlLibrary.load()
            guard let multi = ccurl_multi_init() else { throw HTTPClientError.system("cannot make a curl handle", 12) }
            shared.withLock { $0.phase = .running(Waker(multi: multi)) }
            TransferThread(multi, self).run()
            // From here on nobody may wake the handle, since it is freed.
            shared.withLock { $0.phase = .stopped(Self.shutDown) }
            ccurl_multi_cleanup(multi)
            finish(Self.shutDown)
        } catch {
            finish((error as? HTTPClientError) ?? Self.shutDown)
        }
    }

    /// Called at the thread's end: ends the transfers that it didn't get to, and wakes whoever waits for the stop.
    private func finish(_ reason: HTTPClientError) {
        let (commands, waiters) = shared.withLock { shared in
            shared.phase = .stopped(reason)
            let left = (shared.commands, shared.stopWaiters)
            shared.commands.removeAll()
            shared.stopWaiters.removeAll()
            return left
        }
        for case .start(let transfer) in commands { transfer.end(reason) }
        for waiter in waiters { waiter.resume() }
    }

    static let shutDown = HTTPClientError(.closed, "the HTTP client is shut down")
}
