import CaissonBuildModel
import CaissonOrchestrator
import Synchronization
import Testing

@Suite("Who looks on at a plan, and the gate before its builds", .timeLimit(.minutes(1)))
struct PlanObserverTests {
    /// What was heard of nodes, in words.
    private final class Heard: Sendable {
        private let words = Mutex<[String]>([])
        var all: [String] { words.withLock { $0 } }

        func note(_ name: String, _ news: PlanObserver.News) {
            let word =
                switch news {
                case .waits(let reason): "\(name) waits: \(reason)"
                case .began(let attempt): "\(name) began \(attempt)"
                case .event: "\(name) event"
                case .ended(let node): "\(name) ended \(node.attempts)"
                }
            words.withLock { $0.append(word) }
        }
    }

    private static func plan(_ nodes: [String], after: [String: String] = [:]) -> BuildPlan {
        BuildPlan(
            nodes.map { name in
                var node = BuildPlan.Node(name, BuildRequest(context: .empty))
                node.dependencies = after[name].map { [Dependency(on: $0)] } ?? []
                return node
            }
        )
    }

    @Test func `each node begins and ends, also one that is skipped`() async {
        let heard = Heard()
        let engine = PlayedEngine(["a": [PlayedEngine.fail(.step)]])
        var runner = PlanRunner(on: engine)
        runner.observer = PlanObserver { heard.note($0, $1) }
        _ = await runner.run(Self.plan(["a", "b"], after: ["b": "a"]), events: KeptEvents())
        #expect(heard.all == ["a began 1", "a ended 1", "b ended 0"])
    }

    @Test func `what is heard of an end is what the report says of it`() async {
        let ends = Mutex<[String: [PlanReport.Outcome]]>([:])
        let vertex = Vertex(digest: "v", name: "RUN make", started: Timestamp(seconds: 1))
        let broke = BuildError(.step, "v broke", step: FailedStep(vertex: "v"))
        for keepsGoing in [true, false] {
            ends.withLock { $0 = [:] }
            let engine = PlayedEngine([
                "base": [
                    { call in
                        call.tell(.status(SolveStatus(vertexes: [vertex])))
                        guard keepsGoing else { return try await PlayedEngine.hang(call) }
                        try await eventually { call.log.begun.count == 2 }
                        try await Task.sleep(for: .milliseconds(50))
                        throw broke
                    }
                ],
                "app": [
                    { call in
                        call.tell(.status(SolveStatus(vertexes: [vertex])))
                        try await eventually { call.log.begun.count == 2 }
                        throw broke
                    }
                ],
            ])
            var plan = BuildPlan(["app", "base"].map { BuildPlan.Node($0, BuildRequest(context: .empty)) })
            plan.nodes[0].request.contexts["x"] = .target("base")
            plan.keepsGoing = keepsGoing
            var runner = PlanRunner(on: engine)
            runner.observer = PlanObserver { name, news in
                if case .ended(let node) = news { ends.withLock { $0[name, default: []].append(node.outcome) } }
            }
            let report = await runner.run(plan, events: KeptEvents())
            #expect(ends.withLock { $0 } == report.nodes.mapValues { [$0.outcome] }, "keeps going: \(keepsGoing)")
            #expect(report.nodes["app"]?.outcome == .skipped("not built, as base failed"))
        }
    }

    @Test func `the queue says why nodes wait, and cancels one`() async {
        let heard = Heard()
        let engine = PlayedEngine(["a": [PlayedEngine.hang], "b": [PlayedEngine.hang]])
        let queue = Mutex<PlanQueue?>(nil)
        var limits = SchedulerLimits.none
        limits.maxConcurrentBuilds = 1
        var runner = PlanRunner(on: engine, limits: limits)
        runner.observer = PlanObserver(begins: { lent in queue.withLock { $0 = lent } }) { name, news in
            heard.note(name, news)
            guard case .began = news else { return }
            let waits = queue.withLock { $0 }?.waits() ?? [:]
            #expect(waits.keys.sorted() == (name == "a" ? ["b"] : []))
            queue.withLock { $0 }?.cancel(name)
        }
        let report = await runner.run(Self.plan(["a", "b"]), events: KeptEvents())
        #expect(report.nodes.values.allSatisfy { $0.outcome == .cancelled })
        #expect(heard.all.filter { $0.contains("began") }.count >= 1)
    }

    @Test func `no build works before it has passed the gate, and each gives its place back`() async {
        let heard = Heard()
        let inside = Mutex((now: 0, most: 0, entered: 0))
        let names = (0..<6).map { "n\($0)" }
        let act: PlayedEngine.Act = { _ in
            #expect(inside.withLock(\.now) > 0)
            try await Task.sleep(for: .milliseconds(5))
        }
        let engine = PlayedEngine(Dictionary(uniqueKeysWithValues: names.map { ($0, [act]) }))
        var runner = PlanRunner(on: engine)
        runner.observer = PlanObserver { heard.note($0, $1) }
        runner.gate = PlanGate { node, waits in
            waits("for the test")
            while !inside.withLock({ state in
                guard state.now < 2 else { return false }
                state = (state.now + 1, max(state.most, state.now + 1), state.entered + 1)
                return true
            }) { try await Task.sleep(for: .milliseconds(1)) }
            return { inside.withLock { $0.now -= 1 } }
        }
        let report = await runner.run(Self.plan(names), events: KeptEvents())
        let end = inside.withLock { $0 }
        #expect(report.error == nil && end.now == 0 && end.most == 2 && end.entered == 6)
        for name in names {
            let own = heard.all.filter { $0.hasPrefix(name + " ") }
            #expect(own == ["\(name) waits: for the test", "\(name) began 1", "\(name) ended 1"])
        }
    }

    @Test func `a gate that refuses fails the node, and time at the gate isn't the build's`() async {
        let engine = PlayedEngine()
        var runner = PlanRunner(on: engine)
        runner.gate = PlanGate { node, _ in
            if node.name == "large" { throw BuildError(.usage, "it is too large") }
            try await Task.sleep(for: .milliseconds(200))
            return {}
        }
        var plan = Self.plan(["large", "late"])
        plan.keepsGoing = true
        plan.nodes[1].policy.timeout = .milliseconds(100)
        let report = await runner.run(plan, events: KeptEvents())
        guard case .failed(let error)? = report.nodes["large"]?.outcome else {
            Issue.record("the large build has to fail")
            return
        }
        #expect(error.message.contains("too large"))
        guard case .succeeded? = report.nodes["late"]?.outcome else {
            Issue.record("the late build has to succeed: \(String(describing: report.nodes["late"]))")
            return
        }
    }
}

@Suite("What an earlier run leaves to do") struct PlanResumptionTests {
    private static func node(_ name: String, from source: String? = nil, after: [Dependency] = []) -> BuildPlan.Node {
        var request = BuildRequest(context: .empty)
        request.noCache = .all
        if let tag = try? ImageReference(parsing: "shop/\(name)") { request.tags = [tag] }
        if let source { request.contexts["base"] = .target(source) }
        var node = BuildPlan.Node(name, request)
        node.dependencies = after
        return node
    }

    private static let done = BuildResult(ref: "r", imageID: "sha256:1", digest: nil)

    @Test func `what passed is left out, and nobody waits for it any more`() {
        let plan = BuildPlan([Self.node("a"), Self.node("b", after: [Dependency(on: "a")])])
        let (rest, kept) = plan.resuming(after: ["a": Self.done], on: .dockerd)
        #expect(kept == ["a"] && rest.nodes.map(\.name) == ["b"] && rest.nodes[0].dependencies == [])
        #expect(rest.nodes[0].request.noCache == .all)
    }

    @Test func `what others are built from is built again with them, from the cache`() {
        let plan = BuildPlan([Self.node("a"), Self.node("b", from: "a"), Self.node("c", from: "b")])
        let (rest, kept) = plan.resuming(after: ["a": Self.done, "b": Self.done], on: .dockerd)
        #expect(kept == [] && rest.nodes.map(\.name) == ["a", "b", "c"])
        #expect(rest.nodes.map(\.request.noCache) == [.off, .off, .all])
    }

    @Test func `an image that is a base is named in place of the build`() {
        let base = Dependency(on: "a", .image(as: "base"))
        let plan = BuildPlan([Self.node("a"), Self.node("b", after: [base])])
        let (rest, kept) = plan.resuming(after: ["a": Self.done], on: .dockerd)
        #expect(kept == ["a"])
        guard case .image(let image)? = rest.nodes.first?.request.contexts["base"] else {
            Issue.record("the base has to be an image")
            return
        }
        #expect(image.familiar == "shop/a:latest")
        // buildkitd can't see what was loaded, so that the base is built again.
        #expect(plan.resuming(after: ["a": Self.done], on: .buildkitd).kept == [])
    }

    @Test func `what is published together is built together`() {
        var plan = BuildPlan([Self.node("a"), Self.node("b"), Self.node("c")])
        plan.publishedTogether = ["release": ["a", "b"]]
        let (rest, kept) = plan.resuming(after: ["a": Self.done, "c": Self.done], on: .dockerd)
        #expect(kept == ["c"] && rest.nodes.map(\.name) == ["a", "b"])
        let whole = plan.resuming(after: ["a": Self.done, "b": Self.done, "c": Self.done], on: .dockerd)
        #expect(whole.kept == ["a", "b", "c"] && whole.rest.nodes.isEmpty && whole.rest.publishedTogether.isEmpty)
    }
}

@Suite("How far a build is, for a program") struct BuildProgressTests {
    private static func event(_ status: SolveStatus) -> BuildEvent {
        BuildEvent(build: BuildID(), sequence: 0, time: Timestamp(seconds: 0), kind: .status(status))
    }

    @Test func `steps, layers and lines are counted, and the fraction never falls`() {
        let told = Mutex<[BuildProgress]>([])
        let sink = ProgressSink { progress in told.withLock { $0.append(progress) } }
        let time = Timestamp(seconds: 1)
        sink.receive(Self.event(SolveStatus(vertexes: [Vertex(digest: "a", name: "A", started: time)])))
        sink.receive(
            Self.event(
                SolveStatus(
                    vertexes: [Vertex(digest: "a", name: "A", started: time, completed: time)],
                    statuses: [
                        VertexStatus(
                            id: "sha256:1",
                            vertex: "b",
                            name: "extracting",
                            current: 1,
                            total: 4,
                            timestamp: time
                        )
                    ],
                    logs: [VertexLog(vertex: "a", stream: 1, data: Array("one\ntw".utf8), timestamp: time)]
                )
            )
        )
        sink.receive(
            Self.event(
                SolveStatus(
                    vertexes: [Vertex(digest: "b", name: "B", started: time), Vertex(digest: "c", name: "C")],
                    logs: [VertexLog(vertex: "a", stream: 1, data: Array("o\n".utf8), timestamp: time)]
                )
            )
        )
        sink.receive(
            BuildEvent(build: BuildID(), sequence: 0, time: time, kind: .finished(.succeeded(BuildResult(ref: ""))))
        )
        let all = told.withLock { $0 }
        #expect(all.map(\.lines) == [[], ["one"], ["two"], []])
        #expect(all.map(\.currentStep) == ["A", nil, "B", nil])
        #expect(all.map(\.knownSteps) == [1, 1, 3, 3] && all.map(\.step) == [1, 1, 2, 2])
        #expect(all[1].layers.first?.total == 4)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.fraction <= $1.fraction } && all.last?.fraction == 1)
    }
}
