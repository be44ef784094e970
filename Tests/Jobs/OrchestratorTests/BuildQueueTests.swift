import CaissonBuildModel
import CaissonOrchestrator
import Testing

@Suite("A queue of builds", .timeLimit(.minutes(1)))
struct BuildQueueTests {
    /// Plays what a build's label says.
    private struct LabelledEngine: BuildEngine {
        var identity: EngineIdentity { EngineIdentity(name: "labelled", address: "") }
        func facts(within limit: Duration) async throws -> EngineFacts { throw BuildError(.engine, "none") }

        func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult
        {
            func tell(_ vertex: Vertex, _ text: String = "") {
                let line = VertexLog(vertex: "d", stream: 1, data: Array(text.utf8), timestamp: Timestamp(seconds: 1))
                let status = SolveStatus(vertexes: [vertex], logs: text.isEmpty ? [] : [line])
                events.receive(BuildEvent(build: BuildID(), sequence: 0, time: .now, kind: .status(status)))
            }
            let started = Timestamp(seconds: 1)
            tell(Vertex(digest: "d", name: "RUN make", started: started), "made\n")
            switch request.labels["does"] {
            case "fails":
                throw BuildError(.step, "it broke", step: FailedStep(vertex: "d", name: "RUN make", exitCode: 2))
            case "hangs": try await Task.sleep(for: .seconds(600))
            default: tell(Vertex(digest: "d", name: "RUN make", started: started, completed: started))
            }
            return BuildResult(ref: "r")
        }

        func ask(
            _ question: BuildQuestion,
            about request: BuildRequest,
            events: any BuildEventSink
        ) async throws -> BuildAnswer { throw BuildError(.unsupported, "none") }
    }

    private static func request(_ does: String = "") -> BuildRequest {
        var request = BuildRequest(context: .empty)
        request.labels = ["does": does]
        return request
    }

    private static func limits(_ change: (inout SchedulerLimits) -> Void = { _ in }) -> SchedulerLimits {
        var limits = SchedulerLimits()
        limits.maxConcurrentBuilds = 1
        change(&limits)
        return limits
    }

    @Test("a build is submitted, started, goes through its steps, and ends; whoever reads the events hears it in order")
    func events() async throws {
        let kept = KeptEvents()
        let (read, id) = try await withBuildQueue(on: LabelledEngine(), limits: Self.limits()) { queue in
            let events = queue.events()
            let id = try queue.submit(Self.request(), as: "app", events: kept)
            #expect(try await queue.result(of: id) == BuildResult(ref: "r"))
            let status = try queue.status(of: id)
            #expect(status.fraction == 1 && status.hasEnded && status.completedSteps == 1 && queue.active.isEmpty)
            #expect(try queue.logs(of: id).map(\.data) == [Array("made\n".utf8)])
            var read: [BuildQueueEvent] = []
            for await event in events {
                read.append(event)
                if case .completed = event { break }
            }
            return (read, id)
        }
        #expect(
            read == [
                .submitted(id, name: "app"), .resourcesAllocated(id, MachineNeeds()), .started(id, attempt: 1),
                .stepStarted(id, step: "RUN make"), .stepCompleted(id, step: "RUN make", isCached: false),
                .resourcesReleased(id, MachineNeeds()), .completed(id, BuildResult(ref: "r")),
            ]
        )
        guard case .started? = kept.kinds.first, case .succeeded? = kept.outcome else {
            Issue.record("\(kept.kinds)")
            return
        }
    }

    @Test("a failed step is told with its exit code, and an unknown build isn't found")
    func failure() async throws {
        try await withBuildQueue(on: LabelledEngine(), limits: Self.limits()) { queue in
            let id = try queue.submit(Self.request("fails"), as: "app")
            let wanted = BuildError(.step, "it broke", step: FailedStep(vertex: "d", name: "RUN make", exitCode: 2))
            await #expect(throws: BuildQueueError.stepFailed(step: "RUN make", exitCode: 2, wanted)) {
                _ = try await queue.result(of: id)
            }
            let other = BuildID()
            #expect(throws: BuildQueueError.buildNotFound(other)) { try queue.status(of: other) }
            #expect(throws: BuildQueueError.buildNotFound(other)) { try queue.cancel(other) }
        }
    }

    @Test("what waits is told why, and ends when it is cancelled; so does what runs")
    func cancel() async throws {
        try await withBuildQueue(on: LabelledEngine(), limits: Self.limits()) { queue in
            let first = try queue.submit(Self.request("hangs"), as: "first")
            let second = try queue.submit(Self.request(), as: "second")
            #expect(try queue.status(of: second).phase == .queued("for the only place"))
            #expect(queue.active.map(\.name) == ["first", "second"])
            try queue.cancel(second)
            try queue.cancel(first)
            for id in [first, second] {
                await #expect(throws: CancellationError.self) { _ = try await queue.result(of: id) }
            }
        }
    }

    @Test("a full queue and a build that is too large for the builder refuse by name")
    func refusals() async throws {
        let limits = Self.limits {
            $0.queueSize = 1
            $0.pool.memory = 1 << 30
        }
        try await withBuildQueue(on: LabelledEngine(), limits: limits) { queue in
            let hanging = try queue.submit(Self.request("hangs"), as: "a")
            _ = try queue.submit(Self.request(), as: "b")
            #expect(throws: BuildQueueError.self) { try queue.submit(Self.request(), as: "c") }
            try queue.cancel(hanging)
            await #expect(throws: CancellationError.self) { _ = try await queue.result(of: hanging) }
            var policy = NodePolicy()
            policy.needs.memory = 2 << 30
            #expect {
                try queue.submit(Self.request(), as: "huge", policy: policy)
            } throws: { error in
                guard case .resourceAllocationFailed(let cause)? = error as? BuildQueueError else { return false }
                return cause.message.contains("more of memory")
            }
        }
    }

    @Test("a build that takes too long is told with the time it had")
    func timeout() async throws {
        try await withBuildQueue(on: LabelledEngine(), limits: Self.limits()) { queue in
            var policy = NodePolicy()
            policy.timeout = .milliseconds(30)
            let id = try queue.submit(Self.request("hangs"), as: "slow", policy: policy)
            await #expect {
                _ = try await queue.result(of: id)
            } throws: { error in
                guard case .timeout(after: .milliseconds(30), _)? = error as? BuildQueueError else { return false }
                return true
            }
        }
    }

    @Test(
        "a reader that doesn't read is told how much it missed; ends wait beyond the bound, but no more than as many",
        arguments: [3, 5]
    )
    func bound(builds: Int) async throws {
        let read = try await withBuildQueue(on: LabelledEngine(), limits: Self.limits()) { queue in
            let events = queue.events(bound: 3)
            for number in 0..<builds {
                _ = try await queue.result(of: try queue.submit(Self.request(), as: "n\(number)"))
            }
            return events
        }
        var (ends, missed, others) = (0, 0, 0)
        for await event in read {
            switch event {
            case .completed: ends += 1
            case .missed(let count): missed += count
            default: others += 1
            }
        }
        #expect(ends == 3 && others == 3 && missed == builds * 7 - 6)
    }

    @Test("leaving the scope with an error cancels what is left, and leaving it without one waits for it")
    func scope() async throws {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await withBuildQueue(on: LabelledEngine()) { queue in
                _ = try queue.submit(Self.request("hangs"), as: "a")
                throw Stop()
            }
        }
        let kept = KeptEvents()
        try await withBuildQueue(on: LabelledEngine()) { queue in
            _ = try queue.submit(Self.request(), as: "a", events: kept)
        }
        guard case .succeeded? = kept.outcome else {
            Issue.record("\(kept.kinds)")
            return
        }
    }
}
