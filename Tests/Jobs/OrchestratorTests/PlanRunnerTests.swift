import CaissonBuildModel
import CaissonOrchestrator
import CaissonTestSupport
import Synchronization
import Testing

@Suite("Builds of a plan", .timeLimit(.minutes(1)))
struct PlanRunnerTests {
    private final class Recorder: BuildEventSink {
        private let kept = Mutex<[BuildEvent]>([])
        var events: [BuildEvent] { kept.withLock { $0 } }
        func receive(_ event: BuildEvent) { kept.withLock { $0.append(event) } }
    }

    private static func status(_ name: String, digest: String = "d") -> BuildEvent.Kind {
        .status(
            SolveStatus(
                vertexes: [Vertex(digest: digest, name: name)],
                logs: [
                    VertexLog(vertex: digest, stream: 1, data: [], timestamp: Timestamp(seconds: 1))
                ]
            )
        )
    }

    private static func plan(
        _ names: [String],
        _ change: (inout BuildRequest, String) -> Void = { _, _ in }
    ) -> BuildPlan {
        BuildPlan(
            names.map { name in
                var request = BuildRequest(context: .empty)
                change(&request, name)
                return BuildPlan.Node(name, request)
            }
        )
    }

    @Test("all are told of as of one build: names before steps, one beginning, one end, no gaps")
    func events() async throws {
        let engine = ScriptedEngine([
            .tell(.attempt(BuildAttempt(on: "e", limit: 1))), .tell(Self.status("[1/2] RUN make")),
            .tell(Self.status("exporting", digest: "e")), .tell(.notice("careful")),
        ])
        let recorder = Recorder()
        let report = await PlanRunner(on: engine).run(Self.plan(["app", "db"]), events: recorder)
        #expect(Set(report.nodes.keys) == ["app", "db"] && report.error == nil)
        let events = recorder.events
        #expect(events.map(\.sequence) == Array(0..<events.count) && Set(events.map(\.build)).count == 1)
        let begins = events.count { if case .started = $0.kind { true } else { false } }
        let ends = events.count { if case .finished = $0.kind { true } else { false } }
        let attempts = events.count { if case .attempt = $0.kind { true } else { false } }
        #expect(begins == 1 && ends == 1 && attempts == 1)
        let statuses = events.compactMap { if case .status(let status) = $0.kind { status } else { nil } }
        let names = statuses.flatMap(\.vertexes).map(\.name).sorted()
        #expect(names == ["[app 1/2] RUN make", "[app] exporting", "[db 1/2] RUN make", "[db] exporting"])
        #expect(Set(statuses.flatMap(\.vertexes).map(\.digest)).count == 4)
        for status in statuses { #expect(status.logs.map(\.vertex) == status.vertexes.map(\.digest)) }
        let notices = events.compactMap { if case .notice(let text) = $0.kind { text.description } else { nil } }
        #expect(notices.sorted() == ["app: careful", "db: careful"])
    }

    @Test("a single build keeps its names and has its own end")
    func single() async throws {
        var engine = ScriptedEngine([.tell(Self.status("[1/2] RUN make"))])
        engine.digest = "sha256:1"
        let recorder = Recorder()
        _ = await PlanRunner(on: engine).run(Self.plan(["app"]), events: recorder)
        let statuses = recorder.events.compactMap { if case .status(let status) = $0.kind { status } else { nil } }
        #expect(statuses.flatMap(\.vertexes).map(\.name) == ["[1/2] RUN make"])
        guard case .finished(.succeeded(let result))? = recorder.events.last?.kind else {
            Issue.record("no end")
            return
        }
        #expect(result.digest == "sha256:1")
    }

    @Test("the first that fails ends the others, and is named")
    func failure() async throws {
        let failing = ScriptedEngine([.fail(BuildError(.step, "it broke"))])
        let slow = ScriptedEngine([.wait(.seconds(50))])
        let engine = Switch(engines: ["app": failing, "db": slow])
        let recorder = Recorder()
        let report = await PlanRunner(on: engine).run(
            Self.plan(["app", "db"]) { request, name in request.labels = ["name": name] },
            events: recorder
        )
        #expect(report.error?.message == "app: it broke" && report.error?.exitStatus == 1)
        #expect(report.nodes["db"]?.outcome == .cancelled)
        guard case .finished(.failed(let told))? = recorder.events.last?.kind else {
            Issue.record("no end")
            return
        }
        #expect(told.message == "app: it broke")
    }

    @Test("who is cancelled is told so")
    func cancelled() async throws {
        let engine = ScriptedEngine([.wait(.seconds(50))])
        let recorder = Recorder()
        let run = Task { await PlanRunner(on: engine).run(Self.plan(["a", "b"]), events: recorder) }
        try await Task.sleep(for: .milliseconds(50))
        run.cancel()
        _ = await run.result
        guard case .finished(.cancelled)? = recorder.events.last?.kind else {
            Issue.record("\(String(describing: recorder.events.last))")
            return
        }
    }

    @Test("nodes know what they are built from")
    func sources() {
        let plan = Self.plan(["base", "app", "tool"]) { request, name in
            guard name != "base" else { return }
            request.contexts = ["x": .target("base"), "y": .directory("d")]
        }
        #expect(plan.nodes.map(\.sources) == [[], ["base"], ["base"]])
        #expect(plan.dependents == ["base": ["app", "tool"]])
    }

    /// An engine for each build, by the label `name`.
    private struct Switch: BuildEngine {
        var engines: [String: ScriptedEngine]
        var identity: EngineIdentity { EngineIdentity(name: "switch", address: "", version: "") }

        func facts(within limit: Duration) async throws -> EngineFacts { throw BuildError(.engine, "none") }

        func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult
        {
            guard let engine = engines[request.labels["name"] ?? ""] else { throw BuildError(.usage, "no engine") }
            return try await engine.build(request, events: events, batch: batch)
        }

        func ask(
            _ question: BuildQuestion,
            about request: BuildRequest,
            events: any BuildEventSink
        ) async throws -> BuildAnswer { throw BuildError(.unsupported, "none") }
    }
}
