import CaissonBuildModel
import CaissonOrchestrator
import Synchronization
import Testing

@testable import CaissonTasks

/// Tasks become plans of builds.
@Suite struct TaskPlanTests {
    @Test func `each step is a build of its own that makes no image`() throws {
        let job = try TaskJob(
            steps: """
                {"id": "a", "command": "x", "timeout": "5m", "network_access": false},
                {"id": "b", "command": "y", "dependencies": ["a"], "network_access": true},
                {"id": "c", "command": "z"}
                """
        )
        var settings = TaskSettings.known
        settings.stepTimeout = .seconds(60)
        let plan = TaskPlan(job, settings).plan
        #expect(plan.nodes.map(\.name) == ["a", "b", "c"] && !plan.keepsGoing)
        #expect(plan.nodes.map(\.policy.timeout) == [.seconds(300), .seconds(60), .seconds(60)])
        #expect(plan.nodes.map(\.request.network) == [NetworkMode.none, nil, nil])
        #expect(plan.nodes.map(\.policy.needs.network) == [false, true, nil])
        #expect(plan.nodes.map(\.dependencies) == [[], [Dependency(on: "a")], []])
        for node in plan.nodes {
            // The engine's no-cache would throw away what the steps share.
            #expect(node.request.noCache == .off && node.request.exports == [.cacheOnly])
            #expect(node.request.context == .empty && node.request.tags.isEmpty)
        }
        settings.isNetworkEnabled = false
        settings.keepsGoing = true
        let closed = TaskPlan(job, settings).plan
        #expect(closed.keepsGoing && closed.nodes.allSatisfy { $0.request.network == NetworkMode.none })
        try plan.check()
    }

    @Test func `what a task says of itself goes to its builds, and its needs stay whole`() throws {
        var job = try TaskJob(steps: #"{"id": "a", "command": "x"}"#)
        (job.owner, job.project, job.priority) = ("me", "p", "high")
        job.resources.milliprocessors = 2000
        job.timeout = .seconds(9)
        let plan = TaskPlan(job, .known)
        let policy = try #require(plan.plan.nodes.first).policy
        #expect(policy.owner == "me" && policy.project == "p" && policy.priority == "high")
        #expect(policy.needs.milliprocessors == nil && plan.needs.milliprocessors == 2000)
        #expect(plan.timeout == .seconds(9))
        #expect(plan.recordFilter == "description~=caisson-task-aaaaabbbbbcccccdddddeeeee")
    }

    @Test func `artifacts and workspace leave by builds that wait for every end`() throws {
        let job = try TaskJob(
            steps: """
                {"id": "a", "command": "x", "image": "one"}, {"id": "b", "command": "x"}, {"id": "c", "command": "x"}
                """
        )
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out/artifacts"
        settings.workspaceDirectory = "/out/workspaces"
        let plan = TaskPlan(job, settings)
        let collecting = plan.plan.nodes.suffix(2)
        #expect(collecting.map(\.name) == [TaskPlan.artifactsNode, TaskPlan.workspaceNode])
        for (node, directory) in zip(collecting, ["/out/artifacts/t", "/out/workspaces/t"]) {
            #expect(node.dependencies == ["a", "b", "c"].map { Dependency(on: $0, .always) })
            #expect(node.request.exports == [.local(directory: directory, attributes: [:])])
            #expect(node.request.network == NetworkMode.none)
            #expect(node.dockerfile.contains("FROM docker.io/library/box:1 AS"))
        }
        #expect(plan.artifactDirectory == "/out/artifacts/t" && plan.workspaceDirectory == "/out/workspaces/t")
        #expect(plan.collection.nodes.map(\.request) == collecting.map(\.request))
        #expect(plan.collection.nodes.flatMap(\.dependencies).isEmpty)
        settings.collector = .named("two")
        let other = try #require(TaskPlan(job, settings).plan.nodes.last)
        #expect(other.dockerfile.contains("FROM docker.io/library/two:latest AS"))
        #expect(TaskPlan(job, .known).plan.nodes.count == 3 && TaskPlan(job, .known).collection.nodes.isEmpty)
    }

    @Test func `the engine writes where the run says, and people find it under the task's name`() throws {
        let job = try TaskJob(steps: #"{"id": "a", "command": "x"}"#)
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        settings.exports = [.artifacts: "/out/.t.run"]
        let plan = TaskPlan(job, settings)
        #expect(plan.plan.nodes.last?.request.exports == [.local(directory: "/out/.t.run", attributes: [:])])
        #expect(plan.artifactDirectory == "/out/t")
    }

    @Test func `needs beyond what the configuration allows are told with both numbers`() throws {
        var job = try TaskJob(steps: #"{"id": "a", "command": "x"}"#)
        job.resources.milliprocessors = 2500
        job.resources.memory = 4096 << 20
        var limits = MachineNeeds()
        #expect(job.excess(over: limits).isEmpty)
        limits.milliprocessors = 2000
        limits.memory = 4096 << 20
        limits.disk = 1
        let words = "let the task need less, or raise the limit"
        let first = "build_task.resources.cpu_cores is 2.5, but build_engine.resources.total_cpu_cores of the"
        #expect(job.excess(over: limits) == ["\(first) configuration is 2 — \(words)"])
        limits.memory = 1024 << 20
        #expect(job.excess(over: limits).last?.hasPrefix("build_task.resources.memory_mb is 4096, but ") == true)
    }

    @Test func `what a task is expected to take is shared out among its builds`() throws {
        var job = try TaskJob(steps: #"{"id": "a", "command": "x"}, {"id": "b", "command": "x"}"#)
        #expect(TaskPlan(job, .known).estimates(jobs: 4).isEmpty)
        job.estimatedDuration = .seconds(60)
        let plan = TaskPlan(job, .known)
        #expect(plan.estimates(jobs: 1) == ["a": .seconds(30), "b": .seconds(30)])
        #expect(plan.estimates(jobs: 4) == ["a": .seconds(60), "b": .seconds(60)])
        #expect(plan.estimates(jobs: nil) == plan.estimates(jobs: 2))
    }

    @Test func `what is collected by itself is known as what it is in the whole plan`() async throws {
        let job = try TaskJob(steps: #"{"id": "a", "command": "x"}, {"id": "b", "command": "x"}"#)
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        let plan = TaskPlan(job, settings)
        let output = TaskOutput(of: plan)
        let seen = SeenNames()
        let events = TaskEvents(of: plan, to: seen, output: output).dropping(2)
        _ = await PlanRunner(on: PlayedTask(failing: [])).run(plan.collection, events: events)
        #expect(seen.names.withLock { $0.contains("[collect artifacts] cp /artifacts") })
        #expect(output.node(at: 0)?.output.count == 0 && output.node(at: 2)?.output.count ?? 0 > 0)
        #expect(!plan.hasBegun(output) && output.node(at: 2)?.hasBegun == true)
    }

    @Test func `a step's build and its errors are told in words of the task`() throws {
        let job = try TaskJob(steps: #"{"id": "a", "command": "sh", "args": ["-c", "x y"], "timeout": "2s"}"#)
        let plan = TaskPlan(job, .known)
        let names = TaskNames(of: plan)
        let run = "[step 3/3] \(plan.dockerfile.mark)workspace,x [\"sh\"]"
        let status = SolveStatus(vertexes: [Vertex(digest: "d", name: run), Vertex(digest: "e", name: "[step 2/3] X")])
        let event = BuildEvent(build: .known, sequence: 1, time: Timestamp(seconds: 1), kind: .status(status))
        guard case .status(let told) = names.told(event, of: "a").kind else { return #expect(Bool(false)) }
        #expect(told.vertexes.map(\.name) == ["[step 3/3] sh -c 'x y'", "[step 2/3] X"])
        #expect(names.told(event, of: "other") == event)
        let failure = BuildError(.step, "bad", step: FailedStep(vertex: "d", name: run, exitCode: 3))
        #expect(names.told(failure, of: "a").message == "the command exited with status 3")
        #expect(names.told(failure, of: "a").step?.name == "[step 3/3] sh -c 'x y'")
        let late = BuildError(.deadlineExceeded, "the build took longer than its timeout of 2s")
        #expect(names.told(late, of: "a").message == "the step took longer than its timeout of 2s")
    }

    @Test func `titles are commands, on one line and of bounded length`() throws {
        let long = String(repeating: "é", count: 400)
        let first = #"{"id": "a", "command": "sh", "args": ["-c", "it's\n$x", ""]}"#
        let job = try TaskJob(steps: #"\#(first), {"id": "b", "command": "\#(long)"}"#)
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        let plan = TaskPlan(job, settings)
        #expect(plan.title(of: 0) == #"sh -c 'it'\''s\n$x' ''"#)
        #expect(plan.title(of: 1).hasSuffix("é…") && plan.title(of: 1).unicodeScalars.count == 201)
        #expect(plan.title(of: 2) == "cp /artifacts" && plan.title(of: 3).isEmpty)
    }

    @Test func `a task of ten thousand steps in a row becomes a plan that can be run`() throws {
        let steps = (0..<10_000).map { place in
            #"{"id": "s\#(place)", "command": "x", "dependencies": [\#(place == 0 ? "" : "\"s\(place - 1)\"")]}"#
        }
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        let plan = TaskPlan(try TaskJob(steps: steps.joined(separator: ",")), settings).plan
        #expect(plan.nodes.count == 10_001)
        try plan.check()
    }

    @Test func `sixty steps run in order, and a failure skips what needs it but not what is taken out`() async throws {
        let steps = (0..<60).map { place in
            let needs = place < 10 ? [] : Set([place - 10, (place - 10) / 2]).sorted().map { "\"s\($0)\"" }
            let list = needs.joined(separator: ",")
            return #"{"id": "s\#(place)", "command": "run\#(place)", "dependencies": [\#(list)]}"#
        }
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        settings.keepsGoing = true
        let plan = TaskPlan(try TaskJob(steps: steps.joined(separator: ",")), settings)
        let engine = PlayedTask(failing: ["run17"])
        let output = TaskOutput(of: plan)
        let seen = SeenNames()
        let report = await PlanRunner(on: engine).run(plan.plan, events: TaskEvents(of: plan, to: seen, output: output))
        let skipped = report.nodes.filter { if case .skipped = $0.value.outcome { true } else { false } }.map(\.key)
        #expect(skipped.contains("s27") && !skipped.contains("s7"))
        guard case .failed(let error)? = report.nodes["s17"]?.outcome,
            case .succeeded? = report.nodes[TaskPlan.artifactsNode]?.outcome
        else {
            Issue.record("\(report.nodes)")
            return
        }
        #expect(error.step?.exitCode == 3)
        for (place, step) in plan.job.steps.enumerated() where !skipped.contains(step.id) {
            let printed = try #require(output.node(at: place))
            #expect(printed.output.text == "out of \(step.id)" && printed.errors.text == "err")
            #expect(seen.names.withLock { $0.contains("[\(step.id)] run\(place)") })
        }
        #expect(!seen.names.withLock { $0.contains { $0.contains("RUN") } })
        let order = engine.order.withLock { $0 }
        for step in plan.job.steps where order.contains(step.id) {
            let own = try #require(order.firstIndex(of: step.id))
            for other in step.dependencies { #expect(try #require(order.firstIndex(of: other)) < own) }
        }
        #expect(order.last == TaskPlan.artifactsNode)
    }
}

/// Keeps the names of steps that it is told.
private final class SeenNames: BuildEventSink {
    let names = Mutex<Set<String>>([])

    func receive(_ event: BuildEvent) {
        guard case .status(let status) = event.kind else { return }
        names.withLock { $0.formUnion(status.vertexes.map(\.name)) }
    }
}

/// An engine that tells of steps as BuildKit does, and runs nothing.
private final class PlayedTask: BuildEngine {
    let identity = EngineIdentity(name: "played", address: "unix:///played", kind: .buildkitd, version: "0")
    let order = Mutex<[String]>([])
    private let failing: Set<String>

    init(failing: Set<String>) { self.failing = failing }

    func facts(within limit: Duration) async throws -> EngineFacts { throw BuildError(.engine, "played") }

    func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        throw BuildError(.engine, "played")
    }

    func build(
        _ request: BuildRequest,
        events: any BuildEventSink,
        batch: BatchPlace?
    ) async throws -> BuildResult {
        let lines = BuildPlan.Node("", request).dockerfile.split(separator: "\n").map(String.init)
        let run = lines.last { $0.hasPrefix("RUN ") } ?? ""
        let step = lines.first { $0.hasPrefix("ENV CAISSON_STEP_ID='") }.map { String($0.dropFirst(21).dropLast()) }
        let name = step ?? TaskPlan.artifactsNode
        order.withLock { $0.append(name) }
        let time = Timestamp(seconds: 1)
        let digest = "sha256:run"
        let logs = [("out of \(name)", 1), ("err", 2)].map {
            VertexLog(vertex: digest, stream: $1, data: Array($0.utf8), timestamp: time)
        }
        let other = VertexLog(vertex: "sha256:other", stream: 1, data: [1], timestamp: time)
        let status = SolveStatus(
            vertexes: [
                Vertex(digest: "sha256:other", name: "[workspace 1/1] COPY"),
                Vertex(digest: digest, name: "[step 3/3] " + run, started: time),
            ],
            logs: [other] + logs
        )
        events.receive(BuildEvent(build: BuildID(), sequence: 1, time: time, kind: .status(status)))
        if failing.contains(where: { run.hasSuffix("[\"\($0)\"]") }) {
            throw BuildError(.step, "exit code: 3", step: FailedStep(vertex: digest, exitCode: 3))
        }
        return BuildResult(ref: "r")
    }
}
