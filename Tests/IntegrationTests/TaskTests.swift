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
            var stdout_clipped: Bool
            var error: String?
            var duration: Double
        }
        var run: String
        var status: String
        var error: String?
        var artifacts: String?
        var steps: [Step]
    }

    /// Runs the task of a folder on an engine that has an image for it.
    private func run(
        _ words: [String] = ["--artifacts", "out"],
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
            ["task", "run", "--format", "json", "--progress", "quiet"] + words + ["task.json"],
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
            let (outcome, result) = try await run(["--artifacts", "out", "--keep-going"], in: directory, on: engine)
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

    private func content(_ directory: URL, _ path: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.appending(path: path).path)
        return (names ?? []).sorted()
    }

    @Test(.requires(.docker28))
    func `artifacts are those of the last run alone, and what isn't a run's is never touched`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            let retention = "[build_engine.cleanup]\nartifact_retention = \"0s\"\nworkspace_retention = \"0s\"\n"
            for name in ["old", "new"] {
                try write([#"{"id": "s", "command": "touch", "args": ["/artifacts/\#(name)"]}"#], to: directory)
                let (outcome, result) = try await run([], in: directory, on: engine)
                #expect(outcome.status == "succeeded", "\(result.errorOutput)")
                #expect(content(directory, "state/artifacts") == ["job"])
                #expect(content(directory, "state/artifacts/job") == [name])
            }
            // With nothing to be kept at all, the run's own artifacts stay, and so does what somebody else has made.
            try Data(retention.utf8).write(to: directory.appending(path: "caisson.toml"))
            let mine = directory.appending(path: "out/job/mine")
            try FileManager.default.createDirectory(
                at: mine.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data("x".utf8).write(to: mine)
            _ = try await run(["--artifacts", "out"], in: directory, on: engine)
            #expect(content(directory, "state/artifacts").isEmpty)
            let (kept, _) = try await run(["--keep-workspace"], in: directory, on: engine)
            #expect(kept.artifacts == directory.appending(path: "state/artifacts/job").path)
            #expect(content(directory, "state/artifacts/job") == ["new"])
            #expect(content(directory, "state/workspaces") == ["job"])
            #expect(content(directory, "out/job") == ["mine", "new"])
        }
    }

    @Test(.requires(.docker28))
    func `what a task couldn't do is told for what it is, and its mounts leave the engine`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            try write(
                [
                    #"{"id": "gone", "command": "/bin/nope"}"#,
                    #"{"id": "loud", "command": "sh", "args": ["-c", "yes | head -c 3000000"], "working_dir": "a/b"}"#,
                    #"{"id": "slow", "command": "sh", "args": ["-c", "echo 1 >/artifacts/f; sleep 100"]}"#,
                ],
                more: #", "timeout": "PT20S""#,
                to: directory
            )
            let (outcome, result) = try await run(["--artifacts", "out", "--keep-going"], in: directory, on: engine)
            #expect(outcome.status == "timed-out", "\(result.errorOutput)")
            #expect(outcome.steps[0].exit_code == nil && outcome.steps[0].error?.contains("can't be run") == true)
            #expect(outcome.steps[1].stdout_clipped && !outcome.steps[1].stdout.contains("[output clipped"))
            #expect(outcome.steps[2].stdout.isEmpty && outcome.steps[2].stderr.isEmpty)
            #expect(content(directory, "out/job") == ["f"])
            var usage = Command.caisson(["builds", "ls", "--tag", "job", "--format", "json"], on: engine)
            usage.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            let listed = try await IntegrationTests.run(usage)
            #expect(listed.output.contains(outcome.run), "\(listed.output)")
        }
    }

    @Test func `a task that needs more than the configuration has isn't begun`() async throws {
        try await withTemporaryDirectory { directory in
            try write(
                [#"{"id": "s", "image": "none", "command": "true"}"#],
                more: #", "resources": {"cpu_cores": 2}"#,
                to: directory
            )
            let file = directory.appending(path: "task.json")
            let text = try String(contentsOf: file, encoding: .utf8).replacing("IMAGE", with: "none")
            try Data(text.utf8).write(to: file)
            let limits = "[build_engine.resources]\ntotal_cpu_cores = 1\n"
            try Data(limits.utf8).write(to: directory.appending(path: "caisson.toml"))
            var command = Command.caisson(["task", "run", "--addr", "unix:///nowhere.sock", "task.json"])
            command.directory = directory.path
            command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            let refused = try await IntegrationTests.run(command)
            #expect(refused.status == .exited(2))
            #expect(refused.errorOutput.contains("cpu_cores is 2, but build_engine.resources.total_cpu_cores"))
        }
    }
}
