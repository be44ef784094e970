import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Instant] = [:]
        var naps: [Duration] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock(\.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// How long each sleep was meant to be, in the order in which they began.
    var naps: [Duration] { state.withLock(\.naps) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.naps.append(state.now.duration(to: deadline))
            state.sleepers[state.naps.count] = deadline
            return state.naps.count
        }
        defer { _ = state.withLock { $0.sleepers.removeValue(forKey: number) } }
        while now < deadline { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Moves the time on.
    func advance(by duration: Duration) { state.withLock { $0.now = $0.now.advanced(by: duration) } }

    /// Waits until somebody sleeps, and moves the time to where the first of them wakes.
    func leap() async throws {
        try await eventually {
            state.withLock { state in
                // Those whose time has come may not have noticed yet.
                guard let next = state.sleepers.values.filter({ $0 > state.now }).min() else { return false }
                state.now = next
                return true
            }
        }
    }
}

/// Waits until something is so; the suite's time limit ends what never is.
func eventually(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
