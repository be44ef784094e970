import Foundation
import Glibc
import Testing

/// `caisson task run` on real engines.
@Suite struct TaskTests {
    /// A file of a task whose steps have these words of JSON.
    private func write(_ steps: [String], more: String = "", to directory: URL) throws {
        let text =
            "{\"build_task\": {\"id\": \"job\", \"image\": \"IMAGE\", \"steps\": [\(steps.joined(separator: ","))]\(more)}}"
        try Data(text.utf8).write(to: directory.appending(path: "task.json"))
    }

    private struct Outcome: Decodable {
        struct Step: Decodable {
            var id: String
            var status: String
            var exit_code: Int?
            var stdout: String
            var stderr: String
            var duration: Double
        }
        var status: String
        var artifacts: String?
        var steps: [Step]
    }

    /// Runs the task of a folder on an engine that has an image for it.
    private func run(
        _ words: [String] = [],
        in directory: URL,
        on engine: TestEngine
    ) async throws -> (Outcome, ProcessResult) {
        let image = uniqueImageName("tools")
        try TestContext.write(TestContext.busyboxBase, to: directory.appending(path: "tools"))
        try await Build(["-t", image, "tools"], in: directory, on: engine).succeed()
        let file = directory.appending(path: "task.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing("IMAGE", with: image).utf8).write(to: file)
        var command = Command.caisson(
            ["task", "run", "--format", "json", "--progress", "quiet", "--artifacts", "out"] + words + ["task.json"],
            on: engine
        )
        command.directory = directory.path
        command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
        let result = try await IntegrationTests.run(command)
        return (try JSONDecoder().decode(Outcome.self, from: result.standardOutput), result)
    }

    @Test(
        .requires(.docker20),
        .requires(.docker26),
        .requires(.docker28),
        arguments: EngineKind.testable.filter { $0 != .podman }
    )
    func `steps have their own environment, output, exit code, time and network`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try write(
                [
                    #"{"id": "one", "command": "sh", "args": ["-c", "echo \"$WORD\"; echo bad >&2; echo 1 >f; ls /sys/class/net"], "env": {"WORD": "a $b 'c'"}, "network_access": false}"#,
                    #"{"id": "two", "command": "sh", "args": ["-c", "cat f; pwd; cp f /artifacts/kept; exit 3"], "working_dir": "/workspace", "dependencies": ["one"]}"#,
                    #"{"id": "three", "command": "true", "dependencies": ["two"]}"#,
                    #"{"id": "late", "command": "sleep", "args": ["100"], "timeout": "PT2S"}"#,
                ],
                to: directory
            )
            let (outcome, result) = try await run(["--keep-going"], in: directory, on: engine)
            #expect(result.status == .exited(1) && outcome.status == "failed", "\(result.errorOutput)")
            #expect(outcome.steps.map(\.status) == ["succeeded", "failed", "skipped", "timed-out"])
            #expect(outcome.steps.map(\.exit_code) == [0, 3, nil, nil])
            #expect(outcome.steps[0].stdout == "a $b 'c'\nlo\n" && outcome.steps[0].stderr == "bad\n")
            #expect(outcome.steps[1].stdout == "1\n/workspace\n")
            let kept = directory.appending(path: "out/job/kept")
            #expect(try String(contentsOf: kept, encoding: .utf8) == "1\n")
        }
    }

    @Test(.requires(.docker26))
    func `sixty steps in order and side by side run, each time anew`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let steps = (0..<60).map { number in
                let before = number >= 10 ? "\"s\(number - 10)\"" : ""
                return
                    #"{"id": "s\#(number)", "command": "sh", "args": ["-c", "echo x >>/workspace/all; wc -l </workspace/all"], "dependencies": [\#(before)]}"#
            }
            try write(steps, to: directory)
            let (outcome, result) = try await run(in: directory, on: engine)
            #expect(result.succeeded && outcome.status == "succeeded", "\(result.errorOutput)")
            let counts = outcome.steps.compactMap { Int($0.stdout.trimmingCharacters(in: .whitespacesAndNewlines)) }
            #expect(counts.count == 60 && counts.max() == 60, "\(counts)")
        }
    }
}
