import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonOrchestrator

/// The steps of a build as BuildKit tells of them, one update each.
enum PlayedSteps {
    static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    static func step(_ name: String, _ started: Int64?, _ completed: Int64? = nil, isCached: Bool = false) -> Vertex {
        Vertex(
            digest: "sha256:\(name)",
            name: name,
            isCached: isCached,
            started: started.map(time),
            completed: completed.map(time)
        )
    }

    static func log(_ name: String, _ text: String) -> VertexLog {
        VertexLog(vertex: "sha256:\(name)", stream: 1, data: Array(text.utf8), timestamp: time(1))
    }

    /// A step that is looked up, runs and is found in the cache after all.
    static let cached = [step("FROM", 1, 1), step("FROM", 2), step("FROM", 2, 3, isCached: true)]
}

@Suite("How far a build's steps are") struct StepTallyTests {
    private static func progress(_ kinds: [BuildEvent.Kind]) -> [BuildProgress] {
        let told = Mutex<[BuildProgress]>([])
        let sink = ProgressSink { progress in told.withLock { $0.append(progress) } }
        for (place, kind) in kinds.enumerated() {
            sink.receive(BuildEvent(build: BuildID(), sequence: place, time: PlayedSteps.time(1), kind: kind))
        }
        return told.withLock { $0 }
    }

    private static func progress(of vertexes: [Vertex]) -> [BuildProgress] {
        progress(vertexes.map { .status(SolveStatus(vertexes: [$0])) })
    }

    /// What a queue's build tells of updates, and how far it is after each.
    private static func queued(_ vertexes: [Vertex]) -> (events: [String], statuses: [BuildQueueStatus]) {
        let node = BuildPlan.Node("app", BuildRequest(context: .empty))
        var build = QueuedBuild(JobID(1), node, BuildID(), PlanEvents(KeptEvents(), isShared: false))
        var (events, statuses): ([String], [BuildQueueStatus]) = ([], [])
        for vertex in vertexes {
            for event in build.note(SolveStatus(vertexes: [vertex])) {
                switch event {
                case .stepStarted(_, let step): events.append("\(step) began")
                case .stepCompleted(_, let step, true): events.append("\(step) cached")
                case .stepCompleted(_, let step, false): events.append("\(step) ended")
                default: events.append("\(event)")
                }
            }
            statuses.append(build.status)
        }
        return (events, statuses)
    }

    @Test func `a step that begins again runs again, and its last end says whether it was cached`() {
        let (events, statuses) = Self.queued(PlayedSteps.cached)
        #expect(events == ["FROM ended", "FROM began", "FROM cached"])
        #expect(statuses.map(\.currentStep) == [nil, "FROM", nil])
        #expect(statuses.map(\.completedSteps) == [1, 0, 1] && statuses.map(\.knownSteps) == [1, 1, 1])
        let all = Self.progress(of: PlayedSteps.cached)
        #expect(all.map(\.currentStep) == [nil, "FROM", nil] && all.map(\.step) == [1, 1, 1])
    }

    @Test func `what runs again doesn't count as done`() {
        let all = Self.progress(of: [
            PlayedSteps.step("B", nil), PlayedSteps.step("A", 1), PlayedSteps.step("A", 1, 1),
            PlayedSteps.step("A", 2), PlayedSteps.step("B", 2, 2),
        ])
        // One of two is done at the third, and at the fifth again: A runs.
        #expect(all.map(\.fraction) == [0, 0, 0.5, 0.5, 0.5])
        #expect(all.last?.currentStep == "A")
    }

    @Test func `of steps side by side the one that began last of those that still run is shown`() {
        let played = [
            PlayedSteps.step("A", 1), PlayedSteps.step("B", 2), PlayedSteps.step("C", 3), PlayedSteps.step("C", 3, 4),
            PlayedSteps.step("A", 1, 5), PlayedSteps.step("B", 2, 6),
        ]
        let current = ["A", "B", "C", "B", "B", nil]
        #expect(Self.queued(played).statuses.map(\.currentStep) == current)
        #expect(Self.progress(of: played).map(\.currentStep) == current)
    }

    @Test func `a beginning and an end that are told again are no news`() {
        let played = [
            PlayedSteps.step("A", 1), PlayedSteps.step("B", 2), PlayedSteps.step("A", 1), PlayedSteps.step("B", 2, 3),
            PlayedSteps.step("B", 2, 3), PlayedSteps.step("B", 2), PlayedSteps.step("B", nil),
        ]
        let (events, statuses) = Self.queued(played)
        #expect(events == ["A began", "B began", "B ended"])
        #expect(statuses.map(\.currentStep) == ["A", "B", "B", "A", "A", "A", "A"])
        #expect(statuses.last?.completedSteps == 1)
        #expect(Self.progress(of: played).map(\.currentStep) == ["A", "B", "B", "A", "A", "A", "A"])
    }

    @Test func `that a step came from the cache may be told of the same start, and no later word takes it back`() {
        let played = [
            PlayedSteps.step("A", 1, 2), PlayedSteps.step("A", 1, 2, isCached: true), PlayedSteps.step("A", 1, 2),
        ]
        #expect(Self.queued(played).events == ["A ended", "A cached"])
    }

    @Test func `a step without a name is called by its digest`() {
        let (events, statuses) = Self.queued([Vertex(digest: "sha256:0", started: PlayedSteps.time(1))])
        #expect(events == ["sha256:0 began"] && statuses.map(\.currentStep) == ["sha256:0"])
    }

    @Test func `the last line of a step needs no newline`() {
        let all = Self.progress([
            .status(SolveStatus(vertexes: [PlayedSteps.step("A", 1)], logs: [PlayedSteps.log("A", "one\nhel")])),
            .status(SolveStatus(logs: [PlayedSteps.log("A", "lo")])),
            .status(SolveStatus(vertexes: [PlayedSteps.step("A", 1, 2)])),
        ])
        #expect(all.map(\.lines) == [["one"], [], ["hello"]])
    }

    @Test func `a line that goes on after the step's end is one line`() {
        let all = Self.progress([
            .status(SolveStatus(vertexes: [PlayedSteps.step("A", 1, 2)], logs: [PlayedSteps.log("A", "hel")])),
            .status(SolveStatus(logs: [PlayedSteps.log("A", "lo")])),
            .status(SolveStatus(vertexes: [PlayedSteps.step("B", 3)])),
        ])
        #expect(all.map(\.lines) == [[], [], ["hello"]])
    }

    @Test func `the end of a build tells the lines that are left, also where it failed`() {
        let begun = SolveStatus(
            vertexes: [PlayedSteps.step("A", 1)],
            logs: [PlayedSteps.log("A", "hello"), PlayedSteps.log("other", "world")]
        )
        let failure = BuildError(.step, "it broke")
        for outcome in [BuildOutcome.succeeded(BuildResult(ref: "")), .failed(failure), .cancelled] {
            let last = Self.progress([.status(begun), .finished(outcome)]).last
            #expect(last?.lines == ["hello", "world"] && last?.currentStep == nil)
        }
    }

    @Test func `no more lines are held than a thousand`() {
        let logs = (0...1000).map { PlayedSteps.log("\($0)", "line \($0)") }
        let all = Self.progress([.status(SolveStatus(logs: logs)), .finished(.cancelled)])
        #expect(all.map(\.lines.count) == [1, 1000] && all.first?.lines == ["line 1000"])
    }
}
