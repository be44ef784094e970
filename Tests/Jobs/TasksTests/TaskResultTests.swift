import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonTasks

/// What became of a task is told to programs and to people.
@Suite struct TaskResultTests {
    private static func plan() throws -> TaskPlan {
        var job = try TaskJob(
            steps: """
                {"id": "a", "command": "x"}, {"id": "second", "command": "y", "dependencies": ["a"]},
                {"id": "c", "command": "z", "dependencies": ["second"]}
                """
        )
        job.timeout = .seconds(60)
        var settings = TaskSettings.known
        settings.artifactDirectory = "/out"
        return TaskPlan(job, settings)
    }

    private static func ends() -> [String: TaskNodeEnd] {
        var first = TaskNodeEnd(.succeeded)
        first.started = Timestamp(seconds: 1_796_122_696, nanoseconds: 5_000_000)
        (first.duration, first.attempts) = (.milliseconds(1500), 1)
        var second = TaskNodeEnd(failed: BuildError(.step, "exit code: 3", step: FailedStep(vertex: "v", exitCode: 3)))
        (second.started, second.duration, second.attempts) = (Timestamp(seconds: 1_796_122_698), .seconds(2), 1)
        var third = TaskNodeEnd(.skipped)
        third.reason = "not built, as second failed"
        return ["a": first, "second": second, "c": third, TaskPlan.artifactsNode: TaskNodeEnd(.succeeded)]
    }

    private static func output(_ plan: TaskPlan) -> TaskOutput {
        let output = TaskOutput(of: plan)
        let time = Timestamp(seconds: 1)
        let vertex = Vertex(digest: "d", name: plan.dockerfile.mark + "workspace")
        let logs = [("said\n", 1), ("bad \u{1B}[31m\nworse\n", 2)].map {
            VertexLog(vertex: "d", stream: $1, data: Array($0.utf8), timestamp: time)
        }
        output.receive(SolveStatus(vertexes: [vertex], logs: logs), ofNodeAt: 1)
        return output
    }

    private static func result(
        stop: BuildStatus? = nil,
        _ change: (inout [String: TaskNodeEnd]) -> Void = { _ in }
    ) throws -> TaskResult {
        let plan = try plan()
        var ends = ends()
        change(&ends)
        let time = (started: Timestamp(seconds: 1_796_122_696), duration: Duration.milliseconds(3750))
        return TaskResult(plan, ends: ends, output: output(plan), time: time, stop: stop)
    }

    private static let expectedJSON = """
        {
          "id": "t",
          "run": "aaaaabbbbbcccccdddddeeeee",
          "status": "failed",
          "error": null,
          "started": "2026-12-01T10:58:16.000Z",
          "duration": 3.75,
          "artifacts": "/out/t",
          "workspace": null,
          "steps": [
            {
              "id": "a",
              "status": "succeeded",
              "exit_code": 0,
              "error": null,
              "started": "2026-12-01T10:58:16.005Z",
              "duration": 1.5,
              "attempts": 1,
              "stdout": "",
              "stdout_omitted": 0,
              "stdout_clipped": false,
              "stderr": "",
              "stderr_omitted": 0,
              "stderr_clipped": false
            },
            {
              "id": "second",
              "status": "failed",
              "exit_code": 3,
              "error": "exit code: 3",
              "started": "2026-12-01T10:58:18.000Z",
              "duration": 2,
              "attempts": 1,
              "stdout": "said\\n",
              "stdout_omitted": 0,
              "stdout_clipped": false,
              "stderr": "bad \\u001b[31m\\nworse\\n",
              "stderr_omitted": 0,
              "stderr_clipped": false
            },
            {
              "id": "c",
              "status": "skipped",
              "exit_code": null,
              "error": "not built, as second failed",
              "started": null,
              "duration": 0,
              "attempts": 0,
              "stdout": "",
              "stdout_omitted": 0,
              "stdout_clipped": false,
              "stderr": "",
              "stderr_omitted": 0,
              "stderr_clipped": false
            }
          ]
        }
        """

    @Test func `the result for programs has every key`() throws {
        #expect(try Self.result().json.goText() == Self.expectedJSON)
        let text = try Self.result().json.goBytes(indented: true)
        #expect(try JSON(parsing: text) == Self.result().json)
    }

    @Test func `the result for people has a line a step, and the end of what failed`() throws {
        #expect(
            try Self.result().text == #"""
                task t failed after 3.7s
                  a       succeeded after 1.5s
                  second  failed with exit code 3 after 2s
                  c       was skipped: not built, as second failed
                the end of second's standard error:
                  | bad \u{1B}[31m
                  | worse
                artifacts: /out/t

                """#
        )
    }

    @Test func `the worst end of a step is the task's`() throws {
        #expect(try Self.result().exitStatus == 1)
        let error = BuildError(.deadlineExceeded, "late", step: FailedStep(vertex: "", exitCode: 9))
        let slow = try Self.result { $0["second"] = TaskNodeEnd(failed: error) }
        #expect(slow.status == .timedOut && slow.steps[1].exitCode == nil && slow.exitStatus == 1)
        let well = try Self.result { ends in
            for name in ["second", "c"] { ends[name] = TaskNodeEnd(.succeeded) }
        }
        #expect(well.status == .succeeded && well.exitStatus == 0 && well.steps.map(\.exitCode) == [0, 0, 0])
        #expect(try Self.result { $0 = [:] }.status == .cancelled)
    }

    @Test func `a task that is stopped as a whole says so`() throws {
        let late = try Self.result(stop: .timedOut)
        #expect(late.status == .timedOut && late.error == "the task took longer than its timeout of 1m")
        let stopped = try Self.result(stop: .cancelled)
        #expect(stopped.status == .cancelled && stopped.exitStatus == 130)
        #expect(stopped.error == "what it left isn't taken out of a task that is interrupted")
    }

    @Test func `artifacts that can't be taken out fail the task, with what to do`() throws {
        let plan = try Self.plan()
        let failure = BuildError(.step, "exit code: 1", step: FailedStep(vertex: "v", exitCode: 1))
        let output = TaskOutput(of: plan)
        let ends: [String: TaskNodeEnd] = [
            "a": TaskNodeEnd(.succeeded), "second": TaskNodeEnd(.succeeded), "c": TaskNodeEnd(.succeeded),
            TaskPlan.artifactsNode: TaskNodeEnd(failed: failure),
        ]
        let time = (started: Timestamp(seconds: 0), duration: Duration.zero)
        // Where no command was begun, the steps' own errors say why there is nothing.
        #expect(TaskResult(plan, ends: ends, output: output, time: time).error == nil)
        let begun = Vertex(digest: "d", name: plan.dockerfile.mark + "workspace", started: time.started)
        output.receive(SolveStatus(vertexes: [begun]), ofNodeAt: 0)
        let plain = TaskResult(plan, ends: ends, output: output, time: time)
        #expect(plain.status == .failed && plain.artifacts == nil)
        #expect(plain.error == "the artifacts can't be taken out: exit code: 1")
        // What runc prints on Docker 20.10 and 28.
        let words =
            "runc run failed: unable to start container process: exec: \"cp\": executable file not found in $PATH\n"
        let log = VertexLog(vertex: "d", stream: 2, data: Array(words.utf8), timestamp: time.started)
        let vertex = Vertex(digest: "d", name: plan.dockerfile.mark + "artifacts")
        output.receive(SolveStatus(vertexes: [vertex], logs: [log]), ofNodeAt: 3)
        let result = TaskResult(plan, ends: ends, output: output, time: time)
        let advice = "the image box:1 has no cp; name one that has with --collector"
        #expect(result.error == "the artifacts can't be taken out: \(advice)")
    }

    @Test(arguments: [
        (
            "runc run failed: unable to start container process: exec: \"y\": executable file not found in $PATH\n",
            "\"y\" can't be run in the image box:1: there is no such program"
        ),
        (
            "unable to start container process: exec: \"y\": stat y: no such file or directory",
            "\"y\" can't be run in the image box:1: there is no such file, or what it needs to run isn't there"
        ),
        (
            "unable to start container process: exec: \"y\": permission denied",
            "\"y\" can't be run in the image box:1: permission denied"
        ),
        (
            "exec /bin/y: exec format error",
            "\"y\" can't be run in the image box:1: it is for another platform, or is a script without a line “#!”"
        ),
        ("unable to start container process: exec: \"y\": permission denied\nmore", nil), ("bad", nil),
    ])
    func `a command that isn't there has no exit code`(printed: String, error: String?) throws {
        let plan = try Self.plan()
        let output = TaskOutput(of: plan)
        let vertex = Vertex(digest: "d", name: plan.dockerfile.mark + "workspace")
        let log = VertexLog(vertex: "d", stream: 2, data: Array(printed.utf8), timestamp: Timestamp(seconds: 1))
        output.receive(SolveStatus(vertexes: [vertex], logs: [log]), ofNodeAt: 1)
        var ends = Self.ends()
        ends["second"] = TaskNodeEnd(failed: BuildError(.step, "bad", step: FailedStep(vertex: "v", exitCode: 1)))
        let result = TaskResult(plan, ends: ends, output: output, time: (Timestamp(seconds: 0), .zero))
        #expect(result.steps[1].exitCode == (error == nil ? 1 : nil) && result.steps[1].status == .failed)
        #expect(result.steps[1].error == error ?? "bad")
    }

    @Test func `time in the queue is neither a step's nor the task's`() throws {
        let first = try #require(Self.ends()["a"])
        let begin = Timestamp(seconds: 1_796_122_697, nanoseconds: 5_000_000)
        let late = first.begun(notBefore: begin)
        #expect(late.started == begin && late.duration == .milliseconds(500) && late.attempts == 1)
        #expect(first.begun(notBefore: Timestamp(seconds: 1)) == first)
        #expect(first.begun(notBefore: Timestamp(seconds: 1_796_122_699)).duration == .zero)
        let never = first.begun(notBefore: nil)
        #expect(never.started == nil && never.attempts == 0 && never.duration == .zero)
        var time = (started: Timestamp(seconds: 10), duration: Duration.seconds(8))
        TaskNodeEnd.shorten(&time, toBegin: nil)
        TaskNodeEnd.shorten(&time, toBegin: Timestamp(seconds: 9))
        #expect(time == (Timestamp(seconds: 10), .seconds(8)))
        TaskNodeEnd.shorten(&time, toBegin: Timestamp(seconds: 13))
        #expect(time == (Timestamp(seconds: 13), .seconds(5)))
    }

    @Test func `output that the engine left out is told`() throws {
        let plan = try Self.plan()
        let output = Self.output(plan)
        let data = Array("far\n[output clipped, log limit 200KiB/s reached]\n".utf8)
        let log = VertexLog(vertex: "d", stream: 1, data: data, timestamp: Timestamp(seconds: 1))
        output.receive(SolveStatus(logs: [log]), ofNodeAt: 1)
        let result = TaskResult(plan, ends: Self.ends(), output: output, time: (Timestamp(seconds: 0), .zero))
        #expect(result.steps[1].isOutputClipped && !result.steps[1].areErrorsClipped)
        #expect(result.text.contains("with exit code 3 after 2s; the engine left out some of its standard output\n"))
        #expect(result.json.goText().contains("\"stdout_clipped\": true"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"), (951_782_399, "2000-02-28T23:59:59.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    ])
    func `times are those of the calendar`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).internetText == text)
    }

    @Test func `no time traps`() {
        for seconds in [Int64.min, .max, .min + 1] { #expect(!Timestamp(seconds: seconds).internetText.isEmpty) }
    }
}
