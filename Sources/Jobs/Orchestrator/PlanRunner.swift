public import CaissonBuildModel

/// Runs the builds of a plan: side by side, as far as none has to wait for another.
///
/// A node that fails ends the others, except where the plan keeps going; see `Scheduler` for what begins when.
public struct PlanRunner: Sendable {
    /// Gives images their tags, all of them or, as far as that can be known before, none.
    public typealias Publish = @Sendable ([Publication]) async throws -> Void

    let engine: any BuildEngine
    let clock: PlanClock
    let limits: SchedulerLimits
    let publish: Publish?
    /// What builds have to pass before they work; nil for nothing.
    public var gate: PlanGate?
    /// Who looks on.
    public var observer: PlanObserver?

    /// Makes a runner for an engine.
    ///
    /// - Parameters:
    ///   - clock: What timeouts and pauses are measured by.
    ///   - limits: How much runs at a time, and what goes for nodes that don't say otherwise.
    ///   - publish: Sets the tags of what is published together; without it no such plan is run.
    public init(
        on engine: any BuildEngine,
        clock: some Clock<Duration> = ContinuousClock(),
        limits: SchedulerLimits = .none,
        publish: Publish? = nil
    ) {
        self.engine = engine
        self.clock = PlanClock(clock)
        self.limits = limits
        self.publish = publish
    }

    /// Runs a plan to its end.
    ///
    /// Cancelling the calling task ends all nodes, and returns when they have ended.
    ///
    /// - Parameter events: Told of all builds as of one.
    /// - Returns: What became of each node, and the error to end with. A plan whose nodes can't be run together is refused
    ///   before any of them begins, with code `usage`.
    public func run(_ plan: BuildPlan, events: any BuildEventSink) async -> PlanReport {
        let combined = PlanEvents(events, isShared: plan.nodes.count > 1, observer: observer)
        combined.tell(.started(BuildStart(engine: engine.identity.name)), at: .now)
        var report: PlanReport
        do {
            var run = try PlanRun(plan, self, combined)
            report = await run.run()
        } catch {
            report = PlanReport(refusing: plan, error)
        }
        combined.tell(.finished(report.outcome), at: .now)
        return report
    }
}
