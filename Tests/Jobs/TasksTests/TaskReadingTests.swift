import CaissonBuildModel
import CaissonJSON
import CaissonText
import Testing

@testable import CaissonTasks

/// Tasks are read from their files.
@Suite struct TaskReadingTests {
    private static let whole = """
        {"build_task": {"id": "build-123", "image": "rust:1.80", "steps": [
          {"id": "step-1", "command": "cargo", "args": ["build", "--release"], "env": {"RUST_LOG": "debug"},
           "working_dir": "project/../lib", "timeout": "PT30M", "dependencies": []},
          {"id": "step-2", "command": "make", "image": "registry:5000/make@sha256:\(String(repeating: "a", count: 64))",
           "dependencies": ["step-1"], "network_access": false, "timeout": "90s", "working_dir": "/srv//x/."}],
          "resources": {"cpu_cores": 1.5, "memory_mb": 4096, "disk_mb": 10240, "network_access": true},
          "timeout": "PT2H",
          "metadata": {"owner": "me", "project": "p", "priority": 7, "estimated_duration": "5m", "tags": ["a", "b"]}}}
        """

    @Test func `a task is read with all that it says`() throws {
        let job = try TaskJob(parsing: Array(Self.whole.utf8), file: "task.json")
        #expect(job.id == "build-123" && job.image?.familiar == "rust:1.80" && job.timeout == .seconds(7200))
        #expect(job.owner == "me" && job.project == "p" && job.priority == "7" && job.tags == ["a", "b"])
        #expect(job.estimatedDuration == .seconds(300))
        #expect(job.resources.milliprocessors == 1500 && job.resources.memory == 4096 << 20)
        #expect(job.resources.disk == 10240 << 20 && job.resources.network == true)
        let (first, second) = (try #require(job.steps.first), try #require(job.steps.last))
        #expect(first.id == "step-1" && first.command == "cargo" && first.arguments == ["build", "--release"])
        #expect(first.environment == ["RUST_LOG": "debug"] && first.workingDirectory == "/workspace/lib")
        #expect(first.timeout == .seconds(1800) && first.network == nil && first.image == job.image)
        #expect(second.image.domain == "registry:5000" && second.dependencies == ["step-1"])
        #expect(second.network == false && second.timeout == .seconds(90) && second.workingDirectory == "/srv/x")
        #expect(job.hasNetwork(first) && !job.hasNetwork(second))
    }

    @Test func `a task that is written is read as the same task`() throws {
        let jobs = [
            try TaskJob(parsing: Array(Self.whole.utf8), file: "task.json"),
            try TaskJob(steps: #"{"id": "a", "command": "$\"\\'\n", "args": ["", "𝄞"], "env": {"A": "\n"}}"#),
        ]
        for job in jobs {
            let written = job.json.goBytes(indented: true)
            #expect(try TaskJob(parsing: written, file: "task.json") == job)
        }
    }

    @Test func `what is null is taken for not given`() throws {
        let job = try TaskJob(
            steps: #"{"id": "a", "command": "b", "timeout": null, "image": null, "env": null, "args": null}"#
        )
        #expect(job.steps.first?.timeout == nil && job.steps.first?.image.familiar == "box:1")
    }

    @Test(arguments: [
        ("PT1S", 1000), ("P1DT1H", 90_000_000), ("30m", 1_800_000), ("1.5s", 1500), ("1ns", 1), ("1h0m0s", 3_600_000),
    ])
    func `spans of time are spelled in two ways`(text: String, milliseconds: Int64) {
        #expect(SpanSpelling.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5", "5x", "P", "PT", "-1s", "1d", "PT1.5M", "99999999h"])
    func `what is no span of time is none`(text: String) {
        #expect(SpanSpelling.parse(text) == nil)
    }

    @Test func `where a step and its task say nothing, it has the network`() throws {
        let steps = #"{"id": "a", "command": "b"}, {"id": "c", "command": "d", "network_access": true}"#
        var job = try TaskJob(steps: steps)
        #expect(job.steps.map(job.hasNetwork) == [true, true])
        job.resources.network = false
        #expect(job.steps.map(job.hasNetwork) == [false, true])
    }
}
