/// A clock as what is asked of it, so that tests needn't wait.
struct PlanClock: Sendable {
    /// The time since the clock was taken into use.
    let now: @Sendable () -> Duration
    /// Waits; throws where the task is cancelled meanwhile.
    let sleep: @Sendable (Duration) async throws -> Void

    /// Takes a clock into use.
    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }
}
