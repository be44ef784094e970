import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonOrchestrator

@Suite("Order and conditions of a plan", .timeLimit(.minutes(1)))
struct PlanOrderTests {
    private let events = KeptEvents()

    private func run(_ plan: BuildPlan, _ engine: PlayedEngine) async -> PlanReport {
        await PlanRunner(on: engine).run(plan, events: events)
    }

    @Test("a node begins when those it depends on have ended well, and others meanwhile")
    func success() async throws {
        let engine = PlayedEngine(["base": [PlayedEngine.wait("go")], "other": [{ $0.log.open("go") }]])
        let plan = BuildPlan(["app": [Dependency(on: "base"), Dependency(on: "other")], "base": [], "other": []])
        let report = await run(plan, engine)
        #expect(Set(engine.begun.prefix(2)) == ["base", "other"] && engine.begun.last == "app")
        #expect(engine.ended == ["other", "base", "app"])
        #expect(report.error == nil && report.nodes.values.allSatisfy { $0.outcome.isWell && $0.attempts == 1 })
        #expect(report.nodes["app"]?.started != nil)
        guard case .succeeded? = events.outcome else {
            Issue.record("\(String(describing: events.outcome))")
            return
        }
    }

    @Test("what needs a failed node is skipped, with the node's name, and so is what needs that")
    func skipped() async {
        let engine = PlayedEngine(["base": [PlayedEngine.fail(.step)]])
        var plan = BuildPlan(["base": [], "app": [Dependency(on: "base")], "web": [Dependency(on: "app")], "db": []])
        plan.keepsGoing = true
        let report = await run(plan, engine)
        #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        #expect(report.nodes["web"]?.outcome == .skipped("not built, as app wasn't built"))
        #expect(report.nodes["app"]?.started == nil && report.nodes["app"]?.attempts == 0)
        #expect(report.nodes["db"]?.outcome.isWell == true)
        #expect(report.errors.map(\.message) == ["base: it broke"] && report.error?.exitStatus == 1)
        #expect(events.words == ["app: not built, as base failed", "web: not built, as app wasn't built"])
        #expect(Set(engine.begun) == ["base", "db"])
    }

    @Test("what waits for an end of whatever kind begins also where another's failure stops the rest")
    func always() async {
        let engine = PlayedEngine(["test": [PlayedEngine.fail(.step)], "slow": [PlayedEngine.hang]])
        let plan = BuildPlan([
            "test": [], "slow": [], "later": [Dependency(on: "slow")],
            "report": [Dependency(on: "test", .always), Dependency(on: "slow", .always)],
            "upload": [Dependency(on: "report")], "app": [Dependency(on: "test")],
            "last": [Dependency(on: "app", .always)],
        ])
        let report = await run(plan, engine)
        #expect(report.nodes["report"]?.outcome.isWell == true && report.nodes["upload"]?.outcome.isWell == true)
        #expect(report.nodes["last"]?.outcome.isWell == true)
        #expect(report.nodes["slow"]?.outcome == .cancelled && report.nodes["later"]?.outcome == .cancelled)
        #expect(report.nodes["app"]?.outcome == .skipped("not built, as test failed"))
        #expect(report.error?.message == "test: it broke" && report.errors.count == 1)
        guard case .failed(let told)? = events.outcome else {
            Issue.record("\(String(describing: events.outcome))")
            return
        }
        #expect(told.message == "test: it broke")
    }

    @Test(
        "the others go on when one fails, where that is asked for, and all failures are known",
        arguments: [true, false]
    )
    func keepGoing(_ keepsGoing: Bool) async {
        let later: PlayedEngine.Act = { _ in
            try await Task.sleep(for: .milliseconds(30))
            throw BuildError(.usage, "wrong")
        }
        let engine = PlayedEngine([
            "a": [PlayedEngine.fail(.step)], "b": [keepsGoing ? later : PlayedEngine.hang],
        ])
        var plan = BuildPlan(["a": [], "b": []])
        plan.keepsGoing = keepsGoing
        let report = await run(plan, engine)
        #expect(report.errors.map(\.message).sorted() == (keepsGoing ? ["a: it broke", "b: wrong"] : ["a: it broke"]))
        #expect(report.error == report.errors.first)
        guard case .failed? = report.nodes["b"]?.outcome else {
            #expect(!keepsGoing && report.nodes["b"]?.outcome == .cancelled)
            return
        }
        #expect(keepsGoing)
    }

    @Test("cancelling ends what runs, and nothing begins any more", arguments: [true, false])
    func cancelled(_ keepsGoing: Bool) async throws {
        let engine = PlayedEngine(["a": [PlayedEngine.hang]])
        var plan = BuildPlan(["a": [], "b": [Dependency(on: "a", .always)]])
        plan.keepsGoing = keepsGoing
        let fixed = plan
        let running = Task { await run(fixed, engine) }
        try await eventually { engine.begun == ["a"] }
        running.cancel()
        let report = await running.value
        #expect(report.error?.exitStatus == 130 && engine.begun == ["a"] && events.outcome == .cancelled)
        #expect(report.nodes.mapValues(\.outcome) == ["a": .cancelled, "b": .cancelled])
    }

    @Test("a build that is stopped at the engine by somebody else ends the others")
    func stray() async {
        let engine = PlayedEngine(["a": [PlayedEngine.fail(.cancelled)], "b": [PlayedEngine.hang]])
        let report = await run(BuildPlan(["a": [], "b": []]), engine)
        #expect(report.error?.message == "a: the build was cancelled" && report.error?.exitStatus == 130)
    }

    @Test("what is built from a target that fails before it has a result is skipped, and that one is the cause")
    func links() async {
        let engine = PlayedEngine([
            "base": [PlayedEngine.fail(.step)],
            "app": [{ call in _ = try await call.batch.result(of: "base", on: "n") }],
        ])
        var plan = BuildPlan(["app": [], "base": []]) { node in
            if node.name == "app" { node.request.contexts["base"] = .target("base") }
        }
        plan.keepsGoing = true
        let report = await run(plan, engine)
        #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        #expect(report.errors.map(\.message) == ["base: it broke"])
    }

    @Test("a step of a source that fails in all that are built from it is told of once, as the source's")
    func sharedStep() async {
        @Sendable func failing(_ vertex: String) -> PlayedEngine.Act {
            { _ in throw BuildError(.step, "\(vertex) broke", step: FailedStep(vertex: vertex)) }
        }
        let engine = PlayedEngine([
            "app": [failing("v")], "web": [failing("v")], "own": [failing("w")],
            "base": [
                { call in
                    try await eventually { call.log.begun.count == 4 }
                    try await Task.sleep(for: .milliseconds(20))
                    try await failing("v")(call)
                }
            ],
        ])
        var plan = BuildPlan(["app": [], "web": [], "own": [], "base": []]) { node in
            let source = node.name == "web" ? "app" : "base"
            if node.name != "base" { node.request.contexts["x"] = .target(source) }
        }
        plan.keepsGoing = true
        let report = await run(plan, engine)
        #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        #expect(report.nodes["web"]?.outcome == .skipped("not built, as app failed"))
        #expect(report.errors.map(\.message).sorted() == ["base: v broke", "own: w broke"])
    }

    @Test("a source whose step fails first in what is built from it is what failed, however far from it that is")
    func blamedSource() async {
        let vertex = Vertex(digest: "v", name: "RUN make", started: Timestamp(seconds: 1))
        let runs: PlayedEngine.Act = { call in
            call.tell(.status(SolveStatus(vertexes: [vertex])))
            try await PlayedEngine.hang(call)
        }
        let fails: PlayedEngine.Act = { call in
            call.tell(.status(SolveStatus(vertexes: [vertex])))
            try await eventually { call.log.begun.count == 4 }
            try await Task.sleep(for: .milliseconds(20))
            throw BuildError(.step, "v broke", step: FailedStep(vertex: "v"))
        }
        let engine = PlayedEngine([
            "app": [fails], "middle": [runs], "base": [runs], "other": [PlayedEngine.hang],
        ])
        let plan = BuildPlan(["app": [], "middle": [], "base": [], "other": []]) { node in
            switch node.name {
            case "app": node.request.contexts = ["x": .target("middle"), "y": .target("other")]
            case "middle": node.request.contexts["x"] = .target("base")
            default: break
            }
        }
        let report = await run(plan, engine)
        #expect(report.errors.map(\.message) == ["base: v broke"])
        #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        #expect(report.nodes["middle"]?.outcome == .cancelled && report.nodes["other"]?.outcome == .cancelled)
        guard case .failed(let error)? = report.nodes["base"]?.outcome else {
            return _ = Issue.record("base didn't fail")
        }
        #expect(error.message == "base: v broke" && error.step?.vertex == "v")
    }

    @Test("a target whose user waits for another build waits with it, and no longer than until that is skipped")
    func linksAndOrder() async {
        let made = BuildLinks.Result(definitions: [:], configurations: [:])
        for fails in [true, false] {
            let engine = PlayedEngine([
                "base": [{ call in try await call.batch.lend(made, on: "n") }],
                "tool": [fails ? PlayedEngine.fail(.step) : PlayedEngine.pass],
                "app": [
                    { call in
                        _ = try await call.batch.result(of: "base", on: "n")
                        try await call.batch.lend(made, on: "n")
                    }
                ],
            ])
            var plan = BuildPlan(["app": [Dependency(on: "tool")], "base": [], "tool": []]) { node in
                if node.name == "app" { node.request.contexts["base"] = .target("base") }
            }
            plan.keepsGoing = true
            let report = await run(plan, engine)
            #expect(report.nodes["base"]?.outcome.isWell == true)
            #expect(report.nodes["app"]?.outcome.isWell == !fails)
        }
    }
}
