import Glibc
import Synchronization

/// Hands elements from some threads to others, in order, with a bounded number on the way.
final class HandOff<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let free: Semaphore
    private let filled = Semaphore(0)

    /// Makes one that holds this many elements.
    init(capacity: Int) { free = Semaphore(UInt32(capacity)) }

    /// Gives the next element, and waits for room; false when nobody takes any more.
    func give(_ element: Element) -> Bool {
        free.wait()
        let isOver = state.withLock { state in
            if !state.isOver { state.waiting.append(element) }
            return state.isOver
        }
        if isOver { free.signal() } else { filled.signal() }
        return !isOver
    }

    /// Takes the next element, and waits for it; nil after `finish()` once all were taken.
    func take() -> Element? {
        filled.wait()
        let element = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        if element == nil { filled.signal() } else { free.signal() }
        return element
    }

    /// Ends it, from either side: no more elements are accepted, and those that are there can still be taken.
    func finish() {
        state.withLock { $0.isOver = true }
        filled.signal()
        free.signal()
    }
}

/// A counting semaphore of the system.
///
/// Safety: the semaphore itself may be used from any thread, and its address never changes.
private final class Semaphore: @unchecked Sendable {
    private let raw = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ count: UInt32) { sem_init(raw, 0, count) }

    deinit {
        sem_destroy(raw)
        raw.deallocate()
    }

    func wait() {
        while sem_wait(raw) != 0, errno == EINTR {}
    }

    func signal() { sem_post(raw) }
}

/// Runs work on several threads while `body` runs on this one, and waits for their end.
///
/// If the system can't give as many threads, fewer do the work; if it can't give any, an error says so.
func withThreads<Result>(
    _ count: Int,
    _ work: @escaping @Sendable () -> Void,
    _ body: () throws(BuildContextError) -> Result
) throws(BuildContextError) -> Result {
    var threads: [pthread_t] = []
    defer { for thread in threads { pthread_join(thread, nil) } }
    while threads.count < count {
        let box = Unmanaged.passRetained(ThreadWork(work))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<ThreadWork>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            if !threads.isEmpty { break }
            throw BuildContextError(.system, "can't start a thread: \(String(cString: strerror(code)))")
        }
        threads.append(thread)
    }
    return try body()
}

private final class ThreadWork: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
