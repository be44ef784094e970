import CaissonBuildModel
import CaissonHTTPClient
import CaissonTestSupport
import Foundation
import Synchronization
import Testing

@testable import CaissonEngines

/// What every engine promises, seen through the port.
@Suite("Any build engine", .timeLimit(.minutes(1))) struct BuildEngineTests {
    private static let step = Vertex(digest: "sha256:1", name: "[1/1] RUN x", started: Timestamp(seconds: 1))
    private static let request = BuildRequest(context: .empty, dockerfile: .text(Array("FROM scratch\n".utf8)))

    /// A build that ends badly, and how.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var engine: any BuildEngine
        var request = BuildEngineTests.request
        var code: BuildError.Code
    }

    private static var unreachable: Engine {
        Engine(
            driver: .dockerd(DockerdConnection(endpoint: .unix(path: "/nonexistent/engine.sock"))),
            address: "unix:///nonexistent/engine.sock",
            options: EngineOptions()
        )
    }

    private static var failures: [Case] {
        var secret = request
        secret.secrets = [SecretSpec(id: "s", source: .environment("CAISSON_TEST_UNSET"))]
        var agent = request
        agent.ssh = [SSHSpec(id: "a", paths: ["/nonexistent/agent"])]
        var wrong = request
        wrong.sourcePolicy = Array("{".utf8)
        let failing = ScriptedEngine([.tell(.notice("n")), .fail(BuildError(.step, "no")), .tell(.notice("never"))])
        return [
            Case(testDescription: "a step fails", engine: failing, code: .step),
            Case(
                testDescription: "cancelled inside",
                engine: ScriptedEngine([.fail(CancellationError())]),
                code: .cancelled
            ),
            Case(testDescription: "nobody listens", engine: unreachable, code: .engine),
            Case(testDescription: "a secret is missing", engine: unreachable, request: secret, code: .usage),
            Case(testDescription: "an agent is missing", engine: unreachable, request: agent, code: .usage),
            Case(
                testDescription: "nobody listens to a builder",
                engine: Builder(
                    first: .init(name: "a", engine: unreachable),
                    others: [.init(name: "b", engine: unreachable)],
                    name: "pool"
                ),
                request: wrong,
                code: .engine
            ),
        ]
    }

    @Test("a build that fails starts and ends, with the error that is thrown", arguments: failures)
    func failure(of failing: Case) async throws {
        let recorder = EventRecorder()
        let error = await #expect(throws: BuildError.self) {
            _ = try await failing.engine.build(failing.request, events: recorder)
        }
        #expect(error?.code == failing.code)
        #expect(recorder.faults == [])
        let expected = error.map { $0.code == .cancelled ? BuildOutcome.cancelled : .failed($0) }
        #expect(recorder.outcome == expected)
        #expect(!recorder.kinds.contains(.notice("never")))
    }

    @Test func `a question that fails starts and ends, too`() async {
        let recorder = EventRecorder()
        await #expect(throws: BuildError.self) {
            _ = try await Self.unreachable.ask(.check, about: Self.request, events: recorder)
        }
        #expect(recorder.faults == [])
        if case .failed? = recorder.outcome {} else { Issue.record("\(String(describing: recorder.outcome))") }
    }

    @Test func `a build has the id that its request names, before its engine is reached`() async throws {
        var request = Self.request
        request.id = BuildID("abcdefghijklmnopqrstuvwx9")
        let recorder = EventRecorder()
        let result = try await ScriptedEngine([.tell(.status(SolveStatus(vertexes: [Self.step])))])
            .build(request, events: recorder)
        #expect(recorder.faults == [])
        #expect(Set(recorder.events.map(\.build)) == Set([request.id].compactMap(\.self)))
        #expect(result.ref == request.id?.description)
        #expect(recorder.kinds.first == .started(BuildStart(engine: "scripted")))
        #expect(recorder.outcome == .succeeded(result))
        #expect(BuildID("short") == nil && BuildID("ABCDEFGHIJKLMNOPQRSTUVWX9") == nil)
    }

    @Test func `two builds have two ids`() async throws {
        let (first, second) = (EventRecorder(), EventRecorder())
        _ = try await ScriptedEngine().build(Self.request, events: first)
        _ = try await ScriptedEngine().build(Self.request, events: second)
        #expect(first.events.first?.build != second.events.first?.build)
        #expect(first.events.first.map { BuildID($0.build.description) } == first.events.first?.build)
    }

    @Test func `cancelling the task ends the build as cancelled`() async throws {
        let recorder = EventRecorder()
        let engine: any BuildEngine = ScriptedEngine([.tell(.notice("here")), .wait(.seconds(600))])
        await #expect {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await engine.build(Self.request, events: recorder) }
                while !recorder.kinds.contains(.notice("here")) { try await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
                try await group.waitForAll()
            }
        } throws: {
            ($0 as? BuildError)?.code == .cancelled
        }
        #expect(recorder.faults == [])
        #expect(recorder.outcome == .cancelled)
    }

    @Test func `a slow sink gets one event at a time, and all of them`() async throws {
        let inside = Mutex((now: 0, most: 0))
        let recorder = EventRecorder {
            inside.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            usleep(1000)
            inside.withLock { $0.now -= 1 }
        }
        let notices = (0..<100).map { BuildEvent.Kind.notice("\($0)") }
        _ = try await ScriptedEngine([.atOnce(notices)]).build(Self.request, events: recorder)
        #expect(recorder.faults == [])
        #expect(recorder.events.count == 102)
        #expect(Set(recorder.kinds).isSuperset(of: notices))
        #expect(inside.withLock { $0.most } == 1)
    }

    @Test func `nothing is told after the end`() {
        let recorder = EventRecorder()
        let outlet = BuildOutlet(BuildID(), nil, recorder)
        outlet.begin(BuildStart(engine: "e"))
        _ = outlet.fail(BuildError(.step, "no"))
        outlet.tell(.notice("late"))
        _ = outlet.end(.cancelled)
        #expect(recorder.faults == [])
        #expect(recorder.events.count == 2)
    }

    @Test func `a driver can neither begin nor end its build`() async throws {
        let recorder = EventRecorder()
        let script: [BuildEvent.Kind] = [
            .finished(.cancelled), .notice("goes on"), .started(BuildStart(engine: "again")),
        ]
        let result = try await ScriptedEngine(script.map { .tell($0) }).build(Self.request, events: recorder)
        #expect(recorder.faults == [])
        #expect(recorder.kinds.dropFirst() == [.notice("goes on"), .finished(.succeeded(result))])
    }

    @Test func `what left the build is told before the end`() async throws {
        var request = Self.request
        request.tags = [try ImageReference(parsing: "r.example/a:1")]
        request.exports = [.image(attributes: [:], isPushed: true), .local(directory: "out", attributes: [:])]
        var engine = ScriptedEngine()
        engine.digest = "sha256:1"
        let recorder = EventRecorder()
        _ = try await engine.build(request, events: recorder)
        let artifacts = recorder.kinds.compactMap { if case .artifact(let artifact) = $0 { artifact } else { nil } }
        let image = ImageArtifact(names: ["r.example/a:1"], digest: "sha256:1", id: nil, isPushed: true)
        #expect(artifacts == [.image(image), .directory("out")])
    }

    @Test func `an engine is well that answers in time`() async {
        var engine = ScriptedEngine(name: "box")
        engine.platforms = [Platform(os: "linux", architecture: "amd64")]
        engine.capacity = 2
        let facts = EngineFacts(identity: engine.identity, platforms: engine.platforms, capacity: 2)
        #expect(await engine.health(within: .seconds(10)) == .well(facts))
        engine.silence = .seconds(60)
        guard case .ill(let error) = await engine.health(within: .milliseconds(10)) else {
            Issue.record("it is well")
            return
        }
        #expect(error.code == .deadlineExceeded)
        guard case .ill(let gone) = await Self.unreachable.health(within: .seconds(10)) else {
            Issue.record("it is well")
            return
        }
        #expect(gone.code == .engine)
    }

    @Test func `a builder has its own name and all addresses`() {
        let builder = Builder(
            first: .init(name: "a", engine: Self.unreachable),
            others: [.init(name: "b", engine: Self.unreachable)],
            name: "pool"
        )
        #expect(builder.identity.name == "pool")
        #expect(builder.identity.address == "unix:///nonexistent/engine.sock, unix:///nonexistent/engine.sock")
        #expect(Builder(first: .init(name: "a", engine: Self.unreachable)).identity.name == Self.unreachable.address)
    }

    // MARK: Secrets

    private static func secretive(_ script: [ScriptedEngine.Act]) -> (ScriptedEngine, BuildRequest) {
        var engine = ScriptedEngine(script)
        engine.options = EngineOptions(environment: ["TOKEN": "hunter2"])
        var request = Self.request
        request.secrets = [SecretSpec(id: "s", source: .environment("TOKEN"))]
        return (engine, request)
    }

    @Test func `no secret leaves a build that succeeds`() async throws {
        let cut = ["hun", "ter2"].map {
            VertexLog(vertex: "v", stream: 1, data: Array($0.utf8), timestamp: Timestamp(seconds: 1))
        }
        var (engine, request) = Self.secretive(
            [.tell(.notice("hunter2"))] + cut.map { .tell(.status(SolveStatus(logs: [$0]))) }
        )
        engine.exporterResponse = ["said": "hunter2"]
        let recorder = EventRecorder()
        let result = try await engine.build(request, events: recorder)
        #expect(result.exporterResponse == ["said": "***"])
        #expect(recorder.faults == [])
        #expect(recorder.outcome == .succeeded(result))
        #expect(recorder.kinds.contains(.notice("***")))
        var output: [UInt8] = []
        for case .status(let status) in recorder.kinds { output += status.logs.flatMap(\.data) }
        #expect(String(decoding: output, as: UTF8.self) == "***")
    }

    @Test func `no secret leaves a build that fails, or an answer`() async throws {
        var (engine, request) = Self.secretive([.fail(BuildError(.step, "hunter2 is wrong"))])
        let recorder = EventRecorder()
        let error = await #expect(throws: BuildError.self) { _ = try await engine.build(request, events: recorder) }
        #expect(error?.message == "*** is wrong")
        #expect(recorder.outcome == .failed(BuildError(.step, "*** is wrong")))

        engine.script = [.tell(.notice("hunter2"))]
        engine.answer = BuildAnswer(text: "hunter2", json: Array(#"{"a":"hunter2"}"#.utf8), isGood: true)
        let asked = EventRecorder()
        let answer = try await engine.ask(.outline, about: request, events: asked)
        #expect(answer == BuildAnswer(text: "***", json: Array(#"{"a":"***"}"#.utf8), isGood: true))
        #expect(asked.faults == [])
        #expect(asked.outcome == .answered(answer))
    }
}
