import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonOrchestrator

@Suite("What a queue of builds remembers", .timeLimit(.minutes(1)))
struct BuildQueueLifeTests {
    /// Does what it is given for each attempt, and remembers the ids that it was asked to use.
    private final class ScriptEngine: BuildEngine {
        typealias Act = @Sendable (_ tell: (Vertex) -> Void) async throws -> Void

        let identity = EngineIdentity(name: "script", address: "")
        private let acts: [Act]
        private let asked = Mutex<[BuildID?]>([])

        init(_ acts: Act...) { self.acts = acts }

        var ids: [BuildID?] { asked.withLock { $0 } }

        func facts(within limit: Duration) async throws -> EngineFacts { throw BuildError(.engine, "none") }

        func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult
        {
            let number = asked.withLock { asked in
                asked.append(request.id)
                return asked.count
            }
            func tell(_ vertex: Vertex) {
                let kind = BuildEvent.Kind.status(SolveStatus(vertexes: [vertex]))
                events.receive(BuildEvent(build: BuildID(), sequence: 0, time: .now, kind: kind))
            }
            if number <= acts.count { try await acts[number - 1](tell) }
            return BuildResult(ref: "r\(number)")
        }

        func ask(
            _ question: BuildQuestion,
            about request: BuildRequest,
            events: any BuildEventSink
        ) async throws -> BuildAnswer { throw BuildError(.unsupported, "none") }

        static let hang: Act = { _ in try await Task.sleep(for: .seconds(600)) }
    }

    private static let limits = {
        var limits = SchedulerLimits()
        limits.maxConcurrentBuilds = 1
        return limits
    }()

    private static func request(_ id: BuildID? = nil) -> BuildRequest {
        var request = BuildRequest(context: .empty)
        request.id = id
        return request
    }

    @Test func `a queue that had builds is freed once its scope has ended`() async throws {
        weak var freed: BuildQueue?
        try await withBuildQueue(on: ScriptEngine()) { queue in
            freed = queue
            _ = try await queue.result(of: try queue.submit(Self.request(), as: "app", events: KeptEvents()))
        }
        #expect(freed == nil)
    }

    @Test func `events are kept as long as their reader is there, and no longer`() async throws {
        try await withBuildQueue(on: ScriptEngine()) { queue in
            weak var outlet: EventOutlet?
            do {
                let events = queue.events()
                outlet = events.outlet
                #expect(outlet != nil)
                withExtendedLifetime(events) {}
            }
            #expect(outlet == nil)
            // Held by its iterator alone.
            var iterator = queue.events().makeAsyncIterator()
            let id = try queue.submit(Self.request(), as: "app")
            #expect(await iterator.next() == .submitted(id, name: "app"))
        }
    }

    @Test func `readers that have gone aren't remembered`() async throws {
        try await withBuildQueue(on: ScriptEngine()) { queue in
            let events = queue.events()
            for _ in 0..<10 { _ = queue.events() }
            _ = try await queue.result(of: try queue.submit(Self.request(), as: "app"))
            #expect(queue.state.withLock { $0.readers.count } == 1)
            withExtendedLifetime(events) {}
        }
    }

    @Test func `a request whose build has ended may be submitted again, and the engine gets another id`() async throws {
        let engine = ScriptEngine({ _ in throw BuildError(.step, "it broke") })
        let id = BuildID()
        try await withBuildQueue(on: engine, limits: Self.limits) { queue in
            var iterator = queue.events().makeAsyncIterator()
            let first = try queue.submit(Self.request(id), as: "first")
            await #expect(throws: BuildQueueError.self) { _ = try await queue.result(of: id) }
            let second = try queue.submit(Self.request(id), as: "second")
            let result = try await queue.result(of: id)
            let status = try queue.status(of: id)
            #expect(first == id && second == id && result == BuildResult(ref: "r2") && status.name == "second")
            #expect(queue.state.withLock { $0.ended } == [id])
            var told: [String] = []
            while told.count < 4, let event = await iterator.next() {
                switch event {
                case .submitted(_, let name): told.append(name)
                case .failed: told.append("failed")
                case .completed: told.append("completed")
                default: break
                }
            }
            #expect(told == ["first", "failed", "second", "completed"])
        }
        #expect(engine.ids == [id, nil])
    }

    @Test func `a request whose build waits or runs isn't taken again, and that is said`() async throws {
        func refusal(_ queue: BuildQueue, _ id: BuildID) -> String? {
            do {
                _ = try queue.submit(Self.request(id), as: "again")
                return nil
            } catch {
                guard case .resourceAllocationFailed = error else { return nil }
                return error.description
            }
        }
        let (first, second) = (BuildID(), BuildID())
        try await withBuildQueue(on: ScriptEngine(ScriptEngine.hang), limits: Self.limits) { queue in
            var iterator = queue.events().makeAsyncIterator()
            _ = try queue.submit(Self.request(first), as: "first")
            _ = try queue.submit(Self.request(second), as: "second")
            while let event = await iterator.next(), event != .started(first, attempt: 1) {}
            let words = "again isn't queued: a build of its id,"
            #expect(refusal(queue, first) == "\(words) \(first), runs already")
            #expect(refusal(queue, second) == "\(words) \(second), waits in the queue already")
            try queue.cancel(first)
            #expect(try await queue.result(of: second) == BuildResult(ref: "r2"))
        }
    }

    @Test func `who waits for a build hears of that one, though its id is used again`() async throws {
        let id = BuildID()
        try await withBuildQueue(on: ScriptEngine({ _ in }, ScriptEngine.hang), limits: Self.limits) { queue in
            _ = try queue.submit(Self.request(id), as: "first")
            let former = try queue.build(id)
            _ = try await queue.result(of: id)
            _ = try queue.submit(Self.request(id), as: "second")
            #expect(await former.ending.wait() == .succeeded(BuildResult(ref: "r1")))
            try queue.cancel(id)
        }
    }

    @Test func `another attempt begins its steps anew`() async throws {
        let engine = ScriptEngine(
            { tell in
                tell(PlayedSteps.step("A", 1))
                tell(PlayedSteps.step("B", 1, 2))
                throw BuildError(.engine, "the connection broke")
            },
            { tell in tell(PlayedSteps.step("A", 3, 4)) }
        )
        try await withBuildQueue(on: engine) { queue in
            var policy = NodePolicy()
            policy.retry = RetryPolicy(attempts: 2, delay: .zero)
            let id = try queue.submit(Self.request(), as: "app", policy: policy)
            #expect(try await queue.result(of: id) == BuildResult(ref: "r2"))
            let status = try queue.status(of: id)
            #expect(status.knownSteps == 1 && status.completedSteps == 1 && status.currentStep == nil)
        }
    }
}
