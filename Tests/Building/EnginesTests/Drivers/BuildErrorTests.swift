import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient
import CaissonRegistry
import Testing

@testable import CaissonEngines

@Suite struct BuildErrorTests {
    private static let dockerfile = SourceInfo(
        filename: "Dockerfile",
        data: Array("FROM x\nFOO".utf8),
        language: "Dockerfile"
    )

    private static func of(_ error: any Error, failed: Vertex? = nil) -> BuildError {
        let steps = StepTracker { _ in }
        if let failed { steps.receive(.status(SolveStatus(vertexes: [failed]))) }
        return BuildError.of(error, steps: steps) { dockerfile }
    }

    @Test(
        arguments: [
            (["ok\nld: x: No space left on device\n"], "ld: x: No space left on device"),
            (["write /a: no space left on device", " (28)\n"], "write /a: no space left on device"),
            (["No space left on device\n", String(repeating: "x", count: 4000)], "No space left on device"),
            (["No space left on device\n", String(repeating: "x", count: 4096)], nil),
            (
                ["No space left on device\n", String(repeating: "x", count: 9000), "b: No space left on device"],
                "b: No space left on device"
            ),
            (["o space left"], nil), ([""], nil), ([], nil),
        ] as [([String], String?)]
    )
    func `a full disk is known where the end of a step's output tells it`(output: [String], line: String?) {
        let steps = StepTracker { _ in }
        for text in output {
            steps.receive(
                .status(
                    SolveStatus(logs: [
                        VertexLog(vertex: "d", stream: 2, data: Array(text.utf8), timestamp: Timestamp(seconds: 1))
                    ])
                )
            )
        }
        #expect(steps.fullDisk(of: "d") == line)
        #expect(steps.fullDisk(of: "e") == nil)
    }

    @Test func `an error that is known already stays as it is`() {
        #expect(Self.of(BuildError(.output, "m")).code == .output)
    }

    @Test(arguments: [
        (GRPCError.Code.unavailable, BuildError.Code.engine), (.deadlineExceeded, .deadlineExceeded),
        (.cancelled, .engine),
        (.unknown, .step), (.unimplemented, .step), (.init(rawValue: 99), .step),
    ])
    func `a call's status says whose failure it is`(code: GRPCError.Code, expected: BuildError.Code) {
        let error = Self.of(GRPCError(code, "m"))
        #expect(error.code == expected)
        #expect(error.exitStatus == 1)
    }

    @Test func `a cancelled call is the user's doing only when the task was cancelled`() async {
        let code = await withTaskGroup(of: BuildError.Code.self) { group in
            group.cancelAll()
            group.addTask { Self.of(GRPCError(.cancelled, "m")).code }
            return await group.next()
        }
        #expect(code == .cancelled)
        #expect(Self.of(CancellationError()).exitStatus == 130)
    }

    @Test func `a registry that is unavailable is the step's failure and not the engine's`() {
        let error = Self.of(
            GRPCError(.unavailable, "registry down"),
            failed: Vertex(digest: "d", name: "FROM x", error: "registry down")
        )
        #expect(error.code == .step)
        #expect(error.step?.name == "FROM x")
    }

    @Test(arguments: [
        "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 2: unknown "
            + "instruction: FOO",
        "dockerfile parse error on line 2: unknown instruction: FOO",
    ])
    func `a parse error is wrong input, with an excerpt of the file here`(message: String) {
        let error = Self.of(GRPCError(.unknown, message))
        #expect(error.code == .usage)
        #expect(error.exitStatus == 2)
        #expect(error.excerpts.first?.ranges.first?.startLine == 2)
        #expect(error.excerpts.first?.source == Self.dockerfile)
        #expect(!error.message.hasPrefix("failed to solve"))
    }

    @Test func `a target that isn't there is wrong input`() {
        #expect(Self.of(GRPCError(.unknown, "target stage \"x\" could not be found")).code == .usage)
    }

    @Test func `a failing step has its name and exit status, and siblings that were cancelled don't count`() {
        let steps = StepTracker { _ in }
        steps.receive(
            .status(
                SolveStatus(vertexes: [
                    Vertex(digest: "a", name: "sibling", error: "context canceled"),
                    Vertex(digest: "b", name: "RUN false", error: "exit code: 1"),
                ])
            )
        )
        let error = BuildError.of(GRPCError(.unknown, "executor failed: exit code: 1"), steps: steps) { nil }
        #expect(error.step == FailedStep(vertex: "b", name: "RUN false", exitCode: 1))
        #expect(error.code == .step)
    }

    @Test(arguments: [
        (
            #"error running container: level=error msg="runc create failed: unable to start container process: exec: \"/bin/nope\": no"#,
            #"unable to start container process: exec: "/bin/nope": no"#
        ),
        ("exec /bin/busybox: exec format error", ": exec /bin/busybox: exec format error"),
    ])
    func `why podman started no program is in its output alone`(output: String, reason: String) {
        let steps = StepTracker { _ in }
        let log = VertexLog(vertex: "b", stream: 1, data: Array(output.utf8), timestamp: Timestamp(seconds: 0))
        steps.receive(.status(SolveStatus(logs: [log])))
        let failed = FailedStep(vertex: "b", name: "[1/1] RUN x", exitCode: 1)
        let failure = SessionlessProgress.Failure(message: "while running runtime: exit status 1", step: failed)
        #expect(BuildError.of(failure, steps: steps) { nil }.message.hasSuffix(reason))
    }

    @Test func `what HTTP couldn't do is the engine's or the clock's`() {
        #expect(Self.of(HTTPClientError(.connectionRefused, "m")).code == .engine)
        #expect(Self.of(HTTPClientError(.silence, "m")).code == .deadlineExceeded)
    }
}
