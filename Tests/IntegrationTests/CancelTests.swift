import Foundation
import Glibc
import Testing

/// What happens to a build that its user, the system or the engine's end stops.
@Suite struct CancelTests {
    /// Starts a build whose step sleeps, in an empty folder for temporary files and an output beside the context, and lends
    /// it once the step runs.
    private func withSleepingBuild(
        on engine: TestEngine,
        seconds: Int,
        _ body: (RunningProcess, URL) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let steps = "RUN echo \"step $((41+1)) runs\"; sleep \(seconds)\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory.appending(path: "context"))
            try TestContext.write("", to: directory.appending(path: "temporary"))
            for name in ["Dockerfile", "busybox"] {
                try FileManager.default.removeItem(at: directory.appending(path: "temporary/" + name))
            }
            let flags = ["-o", "out", "-o", "type=tar,dest=out.tar", "--metadata-file", "metadata", "context"]
            // The old engine takes one output a build.
            let build = Build(
                engine.kind == .docker20 ? Array(flags.dropFirst(2)) : flags,
                in: directory,
                on: engine,
                environment: ["TMPDIR": directory.appending(path: "temporary").path]
            )
            let process = try RunningProcess.start(build.command)
            _ = try await process.awaitText("step 42 runs")
            try await waitUntil { engine.runs("sleep \(seconds)") }
            try await body(process, directory)
            process.send(SIGKILL)
        }
    }

    /// What a stopped build may leave: nothing but the context.
    private func expectNothingLeft(
        in directory: URL,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted()
        // The folder of an output may be there already, empty.
        let expected = ["context", "context/Dockerfile", "context/busybox", "temporary"]
        #expect(names.filter { $0 != "out" } == expected, sourceLocation: sourceLocation)
    }

    @Test(.requiresEngine, arguments: EngineKind.testable, [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends the build here and on the engine`(kind: EngineKind, signal: Int32) async throws {
        let engine = try await TestEngine.shared(kind)
        let seconds = 1010 + Int(signal)
        try await withSleepingBuild(on: engine, seconds: seconds) { process, directory in
            let sent = ContinuousClock.now
            process.send(signal)
            let result = try await process.finish(within: .seconds(10))
            #expect(ContinuousClock.now - sent < .seconds(2))
            #expect(result.status == .exited(130))
            #expect(result.errorOutput.contains("cancelled"))
            try await waitUntil(within: .seconds(2)) { !engine.runs("sleep \(seconds)") }
            try expectNothingLeft(in: directory)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a second Ctrl-C leaves at once where the engine doesn't answer`(kind: EngineKind) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withSleepingBuild(on: engine, seconds: 1020) { process, directory in
                engine.signalEngine(SIGSTOP)
                process.send(SIGINT)
                try await Task.sleep(for: .milliseconds(200))
                let sent = ContinuousClock.now
                process.send(SIGINT)
                let result = try await process.finish(within: .seconds(10))
                #expect(ContinuousClock.now - sent < .milliseconds(500))
                #expect(result.status == .exited(130))
                try expectNothingLeft(in: directory)
                engine.signalEngine(SIGCONT)
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `one Ctrl-C is enough where the engine doesn't answer`(kind: EngineKind) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withSleepingBuild(on: engine, seconds: 1021) { process, directory in
                engine.signalEngine(SIGSTOP)
                let sent = ContinuousClock.now
                process.send(SIGINT)
                let result = try await process.finish(within: .seconds(10))
                #expect(ContinuousClock.now - sent < .seconds(2.5))
                #expect(result.status == .exited(130))
                try expectNothingLeft(in: directory)
                engine.signalEngine(SIGCONT)
                // What it hears when it wakes up: that nobody is there any more.
                try await waitUntil { !engine.runs("sleep 1021") }
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the end of the engine is told and nothing hangs`(kind: EngineKind) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withSleepingBuild(on: engine, seconds: 1030) { process, directory in
                let killed = ContinuousClock.now
                engine.killAbruptly()
                let result = try await process.finish(within: .seconds(20))
                #expect(ContinuousClock.now - killed < .seconds(5))
                #expect(result.status == .exited(1))
                #expect(result.errorOutput.contains("error: the engine"), "\(result.errorOutput)")
                try expectNothingLeft(in: directory)
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a client that is killed leaves nothing running on the engine`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withSleepingBuild(on: engine, seconds: 1040) { process, _ in
            process.send(SIGKILL)
            _ = try await process.finish(within: .seconds(5))
            try await waitUntil { !engine.runs("sleep 1040") }
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), .requiresEmulators)
    func `a signal ends a build of several nodes on each of them`() async throws {
        let engines = [try await TestEngine.shared(.docker20), try await TestEngine.shared(.docker26)]
        try await withTemporaryDirectory { directory in
            try MultiPlatformTests.write(to: directory)
            let sleep = "RUN [\"/bin/busybox\", \"sleep\", \"1050\"]\n"
            let text = "FROM scratch\nARG TARGETARCH\nCOPY busybox.$TARGETARCH /bin/busybox\n" + sleep
            try Data(text.utf8).write(to: directory.appending(path: "Dockerfile"))
            let home = ["CAISSON_HOME": directory.appending(path: "state").path]
            let nodes = zip(engines, ["linux/amd64", "linux/arm64"]).flatMap {
                ["--node", "\($0.address),platform=\($1)"]
            }
            try await runSuccessfully(Command.caisson(["builder", "create", "--name", "farm"] + nodes).with(home))
            let flags = ["--builder", "farm", "--platform", "linux/amd64,linux/arm64", "-o", "out", "."]
            let process = try RunningProcess.start(Build(flags, in: directory, environment: home).command)
            for engine in engines { try await waitUntil(within: .seconds(60)) { Self.sleeps(on: engine) } }
            process.send(SIGINT)
            let result = try await process.finish(within: .seconds(10))
            #expect(result.status == .exited(130))
            #expect(result.errorOutput.contains("cancelled"), "\(result.errorOutput)")
            for engine in engines { try await waitUntil(within: .seconds(3)) { !Self.sleeps(on: engine) } }
        }
    }

    /// Whether the step that a pool runs is running there, by an emulator or not.
    private static func sleeps(on engine: TestEngine) -> Bool {
        engine.processes().contains { $0.commandLine.hasSuffix("busybox sleep 1050") }
    }
}

extension TestEngine {
    /// Sends a signal to the engine's own process.
    func signalEngine(_ signal: Int32) {
        for process in processes() where process.commandLine.hasPrefix("dockerd ") { kill(process.id, signal) }
    }
}
