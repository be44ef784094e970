import Foundation
import Glibc
import Testing

/// Limits that hold for all processes that share a state directory, and builds of a batch side by side.
@Suite struct MachineLimitTests {
    /// A build whose step sleeps, in a process of its own.
    private func start(
        _ seconds: Int,
        in directory: URL,
        on engine: TestEngine,
        cap: Int = 2
    ) throws -> RunningProcess {
        let context = directory.appending(path: "c\(seconds)")
        try TestContext.write(TestContext.busyboxBase + "RUN sleep \(seconds)\n", to: context)
        var command = Command.caisson(["build", "--progress", "plain", context.path], on: engine)
        command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
        command.environment["BUILD_ENGINE_MAX_CONCURRENT"] = "\(cap)"
        return try RunningProcess.start(command)
    }

    @Test(.requires(.docker26))
    func `three processes with a cap of two run two builds, and a killed one gives its place back at once`()
        async throws
    {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let seconds = [1081, 1082, 1083]
            var processes: [RunningProcess] = []
            // How long a build needs that waits for no place, on this machine as it is now.
            var unhindered = Duration.zero
            for (place, pause) in seconds.enumerated() {
                let started = ContinuousClock.now
                processes.append(try start(pause, in: directory, on: engine))
                if place < 2 { try await waitUntil(within: .seconds(60)) { engine.runs("sleep \(pause)") } }
                unhindered = max(unhindered, ContinuousClock.now - started)
            }
            _ = try await processes[2].awaitText("waits for one of 2 places", within: .seconds(10))
            for _ in 0..<20 {
                #expect(!engine.runs("sleep 1083"))
                try await Task.sleep(for: .milliseconds(50))
            }
            let killed = ContinuousClock.now
            processes[0].send(SIGKILL)
            try await waitUntil(within: .seconds(60)) { engine.runs("sleep 1083") }
            let waited = ContinuousClock.now - killed
            print("the waiting build ran \(waited) after the kill, the others \(unhindered) after their start")
            // What the build itself needs before its step runs, on a busy machine up to twice as long as before.
            #expect(waited < unhindered * 2 + .seconds(2))
            for process in processes.dropFirst() { process.send(SIGINT) }
            for process in processes.dropFirst() { _ = try await process.finish(within: .seconds(10)) }
        }
    }

    @Test(.requires(.docker26))
    func `four independent targets take as long as the longest, and much less when all is cached`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let names = ["a", "b", "c", "d"]
            let mark = uniqueImageName("slept")
            let targets = names.map { Batch.target($0, "echo \(mark); sleep 6") }.joined()
            try Batch.write(Batch.base + targets, to: directory)
            // What all share is there before.
            try await Batch(["base"], in: directory, on: engine).succeed()
            let batch = Batch(["--jobs", "4"] + names, in: directory, on: engine)
            let first = try await batch.succeed().wallTime
            // The shorter of two, as another test may have the machine for itself for a while.
            let again = [try await batch.succeed().wallTime, try await batch.succeed().wallTime]
            let second = again.min() ?? first
            print("four targets of 6s took \(first), all cached \(second)")
            #expect(first < .seconds(6) * 3)
            // What sleeps can't be as short.
            #expect(second < .seconds(5))
        }
    }

    @Test(.requires(.docker26))
    func `a target of a batch is cancelled from another process, and the others go on`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let text = Batch.base + Batch.target("stuck", "sleep 1084") + Batch.target("fine", "sleep 1")
            try Batch.write(text, to: directory)
            var command = Batch(["--keep-going", "stuck", "fine"], in: directory, on: engine).command
            command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            let process = try RunningProcess.start(command)
            try await waitUntil(within: .seconds(60)) { engine.runs("sleep 1084") }
            var cancel = Command.caisson(["builds", "cancel", "stuck"])
            cancel.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            try await runSuccessfully(cancel)
            let result = try await process.finish(within: .seconds(20))
            #expect(!result.succeeded && !engine.runs("sleep 1084"))
            #expect(result.errorOutput.contains(#/\n fine +built /#), "\(result.errorOutput)")
            #expect(result.errorOutput.contains(#/\n stuck +stopped /#), "\(result.errorOutput)")
        }
    }

    @Test(.requires(.docker26))
    func `two processes with many builds write one history`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let targets = (1...50).map { Batch.target("t\($0)", "echo \($0)") }.joined()
            try Batch.write(Batch.base + targets, to: directory)
            let names = (1...50).map { "t\($0)" }
            var command = Batch(["--jobs", "8"] + names, in: directory, on: engine).command
            command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            let processes = try (0..<2).map { _ in try RunningProcess.start(command) }
            for process in processes {
                let result = try await process.finish(within: .seconds(300))
                #expect(result.succeeded, "\(result.errorOutput.suffix(2000))")
                #expect(!result.errorOutput.contains("warning:"))
            }
            var list = Command.caisson(["builds", "ls", "--limit", "0", "--format", "{{.status}} {{.name}}"])
            list.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            let lines = try await runSuccessfully(list).output.split(separator: "\n").sorted()
            // The base, which both build, has a row of its own.
            #expect(lines.count == 102 && lines.allSatisfy { $0.hasPrefix("succeeded ") }, "\(lines)")
            #expect(Set(lines).count == 51)
        }
    }
}
