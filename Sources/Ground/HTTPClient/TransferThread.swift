import CaissonCCurl
import Synchronization

/// The thread's own side of the loop: the multi handle and the transfers on it.
///
/// Nothing here leaves the thread.
final class TransferThread {
    private let multi: UnsafeMutableRawPointer
    private let loop: TransferLoop
    private var active: [ObjectIdentifier: ActiveTransfer] = [:]
    private var ids: [UnsafeMutableRawPointer: ObjectIdentifier] = [:]

    init(_ multi: UnsafeMutableRawPointer, _ loop: TransferLoop) {
        self.multi = multi
        self.loop = loop
    }

    /// Runs until the loop is stopped.
    func run() {
        while handleCommands() {
            var running: Int32 = 0
            let rc = ccurl_multi_perform(multi, &running)
            guard rc == CURLM_OK else {
                let words = String(cString: ccurl_multi_strerror(rc))
                return endAll(HTTPClientError(.system, "libcurl failed: \(words) — try again"))
            }
            endFinished()
            let milliseconds = enforceLimits()
            // libcurl shortens the wait by its own timers.
            _ = ccurl_multi_poll(multi, milliseconds)
        }
        endAll(TransferLoop.shutDown)
    }

    /// Carries out the commands; false when one of them was to stop.
    private func handleCommands() -> Bool {
        for command in loop.takeCommands() {
            switch command {
            case .start(let transfer): start(transfer)
            case .resume(let transfer): active[ObjectIdentifier(transfer)]?.resume()
            case .abort(let transfer): end(ObjectIdentifier(transfer), nil)
            case .stop: return false
            }
        }
        return true
    }

    private func start(_ transfer: Transfer) {
        // Given up before it began.
        guard transfer.state.withLock({ $0.failure == nil }) else { return transfer.end(nil) }
        do {
            let started = try ActiveTransfer(transfer)
            let rc = ccurl_multi_add(multi, started.easy.handle)
            guard rc == CURLM_OK else { throw HTTPClientError.system(String(cString: ccurl_multi_strerror(rc)), 12) }
            active[ObjectIdentifier(transfer)] = started
            ids[started.easy.handle] = ObjectIdentifier(transfer)
        } catch {
            transfer.end(error)
        }
    }

    private func endFinished() {
        var result = CURLE_OK
        while let handle = ccurl_multi_next_done(multi, &result) {
            guard let id = ids[handle], let finished = active[id] else { continue }
            if finished.postpones(result, at: .now) {
                ccurl_multi_remove(multi, handle)
            } else {
                end(id, result == CURLE_OK ? nil : finished.error(result))
            }
        }
    }

    /// Ends the transfers that are over their limits; returns how long to sleep until the next limit may pass.
    private func enforceLimits() -> Int32 {
        let now = ContinuousClock.now
        var next = now.advanced(by: .seconds(60))
        for (id, transfer) in active {
            if let error = transfer.overLimit(at: now, next: &next) {
                end(id, error)
            } else if transfer.isDue(at: now, next: &next) {
                ccurl_multi_add(multi, transfer.easy.handle)
                next = now
            }
        }
        let (whole, fraction) = now.duration(to: next).components
        return Int32(clamping: whole * 1000 + fraction / 1_000_000_000_000_000 + 1)
    }

    private func end(_ id: ObjectIdentifier, _ error: HTTPClientError?) {
        guard let transfer = release(id) else { return }
        transfer.end(error)
    }

    /// Frees the handle of a transfer, before anybody is told that it is over.
    private func release(_ id: ObjectIdentifier) -> Transfer? {
        guard let ended = active.removeValue(forKey: id) else { return nil }
        ids[ended.easy.handle] = nil
        ccurl_multi_remove(multi, ended.easy.handle)
        return ended.transfer
    }

    private func endAll(_ error: HTTPClientError) {
        for id in Array(active.keys) { end(id, error) }
    }
}
