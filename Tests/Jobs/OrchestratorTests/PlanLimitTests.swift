import CaissonBuildModel
import CaissonOrchestrator
import Synchronization
import Testing

@Suite("How much of a plan runs at a time", .timeLimit(.minutes(1)))
struct PlanLimitTests {
    private let events = KeptEvents()

    /// How many builds work at a time, and at most.
    private final class Gauge: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock(\.most) }

        func during(_ body: () async throws -> Void) async rethrows {
            counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            defer { counts.withLock { $0.now -= 1 } }
            try await body()
        }
    }

    private static func limits(_ change: (inout SchedulerLimits) -> Void) -> SchedulerLimits {
        var limits = SchedulerLimits.none
        change(&limits)
        return limits
    }

    private static func plan(_ names: [String], _ change: (inout BuildPlan.Node) -> Void = { _ in }) -> BuildPlan {
        BuildPlan(
            names.map { name in
                var node = BuildPlan.Node(name, BuildRequest(context: .empty))
                change(&node)
                return node
            }
        )
    }

    @Test("never more than the bound, and no fewer where there is work", arguments: [1, 2, 3])
    func cap(_ bound: Int) async {
        let gauge = Gauge()
        let names = (0..<8).map { "n\($0)" }
        let act: PlayedEngine.Act = { _ in
            try await gauge.during { try await Task.sleep(for: .milliseconds(20)) }
        }
        let engine = PlayedEngine(Dictionary(uniqueKeysWithValues: names.map { ($0, [act]) }))
        let runner = PlanRunner(on: engine, limits: Self.limits { $0.maxConcurrentBuilds = bound })
        let report = await runner.run(Self.plan(names), events: events)
        #expect(report.error == nil && engine.ended.count == 8 && gauge.most == bound)
    }

    @Test("builds that are built from each other get by with one place, as who waits has none")
    func links() async {
        let made = BuildLinks.Result(definitions: [:], configurations: [:])
        let gauge = Gauge()
        func act(_ sources: [String]) -> PlayedEngine.Act {
            { call in
                for source in sources { _ = try await call.batch.result(of: source, on: "n") }
                try await call.batch.lend(made, on: "n")
                try await gauge.during { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
        let sources = ["base": [], "mid": ["base"], "a": ["mid"], "b": ["mid", "base"], "c": ["base"], "lone": []]
        let engine = PlayedEngine(sources.mapValues { [act($0)] })
        var plan = Self.plan(["c", "lone", "b", "a", "mid", "base"]) { node in
            for source in sources[node.name] ?? [] { node.request.contexts[source] = .target(source) }
        }
        plan.nodes[3].dependencies = [Dependency(on: "c")]
        let runner = PlanRunner(on: engine, limits: Self.limits { $0.maxConcurrentBuilds = 1 })
        let report = await runner.run(plan, events: events)
        #expect(report.error == nil && engine.ended.count == 6 && gauge.most == 1)
    }

    @Test("a part of the machine is had by as many as fit in it, and what never fits is refused by name")
    func pool() async {
        let gauge = Gauge()
        let act: PlayedEngine.Act = { _ in
            try await gauge.during { try await Task.sleep(for: .milliseconds(10)) }
        }
        let engine = PlayedEngine(["a": [act], "b": [act], "c": [act], "d": [act]])
        let limits = Self.limits { $0.pool.memory = 2 << 30 }
        var plan = Self.plan(["a", "b", "c", "d", "huge"]) { $0.policy.needs.memory = 1 << 30 }
        plan.nodes[4].policy.needs.memory = 3 << 30
        plan.keepsGoing = true
        let report = await PlanRunner(on: engine, limits: limits).run(plan, events: events)
        let words = "huge: it needs more of memory than builds may take here — let it need less, or raise the limit"
        #expect(report.errors.map(\.message) == [words] && report.error?.exitStatus == 2)
        #expect(engine.ended.count == 4 && gauge.most == 2)
    }

    @Test("two builds that push one tag come one after the other")
    func push() async {
        let gauge = Gauge()
        let act: PlayedEngine.Act = { _ in
            try await gauge.during { try await Task.sleep(for: .milliseconds(10)) }
        }
        let engine = PlayedEngine(["a": [act], "b": [act], "c": [act]])
        let plan = Self.plan(["a", "b", "c"]) { node in
            node.request.tags = [ImageReference(domain: "r.example", path: "app", tag: "1")]
            node.request.exports = [.image(attributes: [:], isPushed: true)]
        }
        let report = await PlanRunner(on: engine).run(plan, events: events)
        #expect(report.error == nil && gauge.most == 1 && engine.ended.count == 3)
    }

    @Test("the more urgent begin first where not all can")
    func priority() async {
        let engine = PlayedEngine()
        let plan = Self.plan(["low", "none", "high", "first"]) { node in
            node.policy.priority = ["low": "low", "high": "high", "first": "2"][node.name]
        }
        let runner = PlanRunner(on: engine, limits: Self.limits { $0.maxConcurrentBuilds = 1 })
        let report = await runner.run(plan, events: events)
        #expect(report.error == nil && engine.ended == ["high", "first", "none", "low"])
    }

    @Test("a step has its own time where that is set")
    func stepTimeout() async throws {
        let clock = ManualClock()
        let engine = PlayedEngine([
            "app": [
                { call in
                    let vertex = Vertex(digest: "d", name: "RUN make", started: Timestamp(seconds: 1))
                    call.tell(.status(SolveStatus(vertexes: [vertex])))
                    try await PlayedEngine.hang(call)
                }
            ]
        ])
        let runner = PlanRunner(on: engine, clock: clock, limits: Self.limits { $0.stepTimeout = .seconds(90) })
        async let running = runner.run(Self.plan(["app"]), events: events)
        try await clock.leap()
        let report = await running
        #expect(report.error?.message == "the step \"RUN make\" took longer than the timeout of 1m30s for a step")
        #expect(report.error?.step?.name == "RUN make" && report.error?.code == .deadlineExceeded)
    }

    @Test("cancelling ends what runs and what is queued")
    func cancelled() async throws {
        let engine = PlayedEngine(["a": [PlayedEngine.hang], "b": [PlayedEngine.hang]])
        let runner = PlanRunner(on: engine, limits: Self.limits { $0.maxConcurrentBuilds = 1 })
        let running = Task { await runner.run(Self.plan(["a", "b"]), events: events) }
        try await eventually { engine.begun == ["a"] }
        running.cancel()
        let report = await running.value
        #expect(report.error?.exitStatus == 130 && engine.begun == ["a"])
        #expect(report.nodes.mapValues(\.outcome) == ["a": .cancelled, "b": .cancelled])
    }
}
