import CaissonBuildModel
import CaissonOrchestrator
import Testing

@Suite("Timeouts and retries of a plan", .timeLimit(.minutes(1)))
struct PlanTimeTests {
    private let clock = ManualClock()
    private let events = KeptEvents()

    private func run(_ plan: BuildPlan, _ engine: PlayedEngine) async -> PlanReport {
        await PlanRunner(on: engine, clock: clock).run(plan, events: events)
    }

    private static func log() -> BuildEvent.Kind {
        .status(SolveStatus(logs: [VertexLog(vertex: "v", stream: 1, data: [65], timestamp: Timestamp(seconds: 1))]))
    }

    private static func count(_ current: Int64, at second: Int64) -> BuildEvent.Kind {
        let time = Timestamp(seconds: second)
        return .status(SolveStatus(statuses: [VertexStatus(id: "c", vertex: "v", current: current, timestamp: time)]))
    }

    @Test("a build that takes too long fails, and what it took is known")
    func timeout() async throws {
        let engine = PlayedEngine(["app": [PlayedEngine.hang]])
        let plan = BuildPlan(["app": [], "db": []]) {
            if $0.name == "app" { $0.policy.timeout = .seconds(300) }
        }
        async let running = run(plan, engine)
        try await clock.leap()
        let report = await running
        #expect(report.error?.message == "app: the build took longer than its timeout of 5m")
        #expect(report.error?.code == .deadlineExceeded && report.error?.exitStatus == 1)
        #expect(report.nodes["app"]?.duration == .seconds(300) && report.nodes["app"]?.attempts == 1)
    }

    @Test("neither waiting for dependencies nor for other targets counts")
    func waiting() async throws {
        let made = BuildLinks.Result(definitions: [:], configurations: [:])
        let engine = PlayedEngine([
            "base": [
                { call in
                    var place = call.batch
                    place.waits = { isWaiting in
                        call.batch.waits(isWaiting)
                        call.log.open("base waits")
                    }
                    try await place.lend(made, on: "n")
                }
            ],
            "tool": [PlayedEngine.wait("go")],
            "app": [
                { call in
                    _ = try await call.batch.result(of: "base", on: "n")
                    try await call.batch.lend(made, on: "n")
                }
            ],
        ])
        let plan = BuildPlan(["app": [Dependency(on: "tool")], "base": [], "tool": []]) {
            if $0.name != "tool" { ($0.policy.timeout, $0.policy.silenceTimeout) = (.seconds(10), .seconds(5)) }
            if $0.name == "app" { $0.request.contexts["base"] = .target("base") }
        }
        async let running = run(plan, engine)
        try await engine.wait(for: "base waits")
        for _ in 0..<5 {
            clock.advance(by: .seconds(20))
            try await Task.sleep(for: .milliseconds(5))
        }
        engine.open("go")
        let report = await running
        #expect(report.error == nil, "\(String(describing: report.error))")
    }

    @Test("a build that says nothing is taken for hung; logs and counters are signs of life, repetitions aren't")
    func silence() async throws {
        let engine = PlayedEngine([
            "app": [
                { call in
                    for word in ["log", "count", "same"] {
                        try await call.log.wait(for: word)
                        call.tell(word == "log" ? Self.log() : Self.count(1, at: word == "same" ? 2 : 1))
                        call.log.open(word + " told")
                    }
                    try await PlayedEngine.hang(call)
                }
            ]
        ])
        let plan = BuildPlan(["app": []]) { $0.policy.silenceTimeout = .seconds(120) }
        async let running = run(plan, engine)
        try await eventually { engine.begun == ["app"] }
        for (word, pause) in [("log", 100), ("count", 100), ("same", 60)] {
            clock.advance(by: .seconds(pause))
            engine.open(word)
            try await engine.wait(for: word + " told")
        }
        clock.advance(by: .seconds(59))
        try await Task.sleep(for: .milliseconds(20))
        #expect(events.outcome == nil)
        try await clock.leap()
        let report = await running
        let message = report.error?.message ?? ""
        #expect(message.hasPrefix("the build said nothing for 2m; ") && report.error?.code == .deadlineExceeded)
        #expect(report.nodes["app"]?.duration == .seconds(320))
    }

    @Test("a failure of the causes given is tried again, after pauses that double")
    func retry() async throws {
        let cases: [(BuildError.Code, RetryPolicy.Cause, String)] = [
            (.engine, .infrastructure, "met a failing network"), (.step, .step, "failed"),
            (.deadlineExceeded, .timeout, "ran out of time"),
        ]
        for (code, cause, words) in cases {
            let clock = ManualClock()
            let events = KeptEvents()
            let failing = PlayedEngine.fail(code)
            let engine = PlayedEngine(["app": [failing, failing, { _ in }]])
            var plan = BuildPlan(["app": [], "db": []]) {
                $0.policy.retry = RetryPolicy(attempts: 3, delay: .seconds(60), causes: [cause])
            }
            plan.nodes[0].request.id = BuildID()
            let fixed = plan
            async let running = PlanRunner(on: engine, clock: clock).run(fixed, events: events)
            try await clock.leap()
            try await clock.leap()
            let report = await running
            #expect(report.error == nil && report.nodes["app"]?.attempts == 3)
            #expect(clock.naps == [.seconds(60), .seconds(120)])
            #expect(report.nodes["app"]?.duration == .seconds(180))
            #expect(
                events.words == [
                    "app: the build \(words), trying again (1 of 2): it broke",
                    "app: the build \(words), trying again (2 of 2): it broke",
                ]
            )
            #expect(engine.request("app")?.id == nil)
        }
    }

    @Test("other failures, wrong requests and stopped builds aren't tried again, and attempts end")
    func noRetry() async throws {
        for code in [BuildError.Code.usage, .unsupported, .output, .cancelled, .step] {
            let engine = PlayedEngine(["app": [PlayedEngine.fail(code)]])
            let plan = BuildPlan(["app": []]) {
                $0.policy.retry = RetryPolicy(attempts: 3, delay: .zero, causes: [.infrastructure, .timeout])
            }
            #expect(await run(plan, engine).nodes["app"]?.attempts == 1, "\(code)")
        }
        let engine = PlayedEngine(["app": [PlayedEngine.fail(.engine)]])
        let plan = BuildPlan(["app": []]) { $0.policy.retry = RetryPolicy(attempts: 2, delay: .zero) }
        let report = await run(plan, engine)
        #expect(report.nodes["app"]?.attempts == 2 && report.error?.message == "it broke")
    }

    @Test("the time allowed is each attempt's own, and a hung one may be tried again")
    func timeoutRetry() async throws {
        let engine = PlayedEngine(["app": [PlayedEngine.hang, { _ in }]])
        let plan = BuildPlan(["app": []]) {
            $0.policy.timeout = .seconds(30)
            $0.policy.retry = RetryPolicy(attempts: 2, delay: .seconds(5), causes: [.timeout])
        }
        async let running = run(plan, engine)
        try await clock.leap()
        try await eventually { clock.naps.count == 2 }
        try await clock.leap()
        let report = await running
        #expect(report.error == nil && report.nodes["app"]?.attempts == 2)
    }

    @Test("cancelling ends the pause before another attempt")
    func cancelledPause() async throws {
        let engine = PlayedEngine(["app": [PlayedEngine.fail(.engine)]])
        let plan = BuildPlan(["app": []]) { $0.policy.retry = RetryPolicy() }
        let running = Task { await run(plan, engine) }
        try await eventually { !clock.naps.isEmpty }
        running.cancel()
        let report = await running.value
        #expect(report.error?.exitStatus == 130 && report.nodes["app"]?.outcome == .cancelled)
    }

    @Test("a source that is tried again lends what its last attempt made")
    func links() async throws {
        @Sendable func made(_ byte: UInt8) -> BuildLinks.Result {
            BuildLinks.Result(definitions: ["": [byte]], configurations: [:])
        }
        let engine = PlayedEngine([
            "base": [
                { call in
                    call.batch.links.publish(made(1), of: BuildLinks.Key("base", on: "n"))
                    throw BuildError(.engine, "it broke")
                },
                { try await $0.batch.lend(made(2), on: "n") },
            ],
            "app": [
                { call in
                    try await call.log.wait(for: "again")
                    #expect(try await call.batch.result(of: "base", on: "n") == made(2))
                    try await call.batch.lend(made(3), on: "n")
                }
            ],
        ])
        let plan = BuildPlan(["app": [], "base": []]) {
            if $0.name == "base" { $0.policy.retry = RetryPolicy(attempts: 2) }
            if $0.name == "app" { $0.request.contexts["base"] = .target("base") }
        }
        async let running = run(plan, engine)
        try await eventually { !clock.naps.isEmpty }
        engine.open("again")
        try await clock.leap()
        let report = await running
        #expect(report.error == nil && report.nodes["base"]?.attempts == 2)
    }
}
