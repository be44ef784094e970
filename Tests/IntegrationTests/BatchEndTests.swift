import Foundation
import Glibc
import Testing

/// How batches end that don't succeed, and what is seen of all of them on a terminal.
@Suite struct BatchEndTests {
    /// Starts a batch of a target that is done at once, one that sleeps and one that needs it, and lends it once they have
    /// got that far.
    private func withSleepingBatch(
        on engine: TestEngine,
        seconds: Int,
        _ body: (RunningProcess) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let late = Batch.target("late", "true").replacing("target:base", with: "target:slow")
            let text =
                Batch.base
                + Batch.target("quick", "echo quick", more: "tags = [\"x\"]")
                .replacing("type=cacheonly", with: "quick") + Batch.target("slow", "sleep \(seconds)") + late
            try Batch.write(text, to: directory)
            let process = try RunningProcess.start(
                Batch(["quick", "slow", "late", "--progress", "plain"], in: directory, on: engine).command
            )
            try await waitUntil(within: .seconds(60)) { engine.runs("sleep \(seconds)") }
            let last = directory.appending(path: "quick/bin/busybox").path
            try await waitUntil(within: .seconds(60)) { access(last, F_OK) == 0 }
            // The end of the export is told a moment after its files are there.
            try await Task.sleep(for: .milliseconds(500))
            try await body(process)
            process.send(SIGKILL)
        }
    }

    @Test(.requires(.docker26), .requires(.docker28), arguments: BatchTests.engines)
    func `Ctrl-C ends all targets, and the summary says which were built`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withSleepingBatch(on: engine, seconds: 1061) { process in
            let sent = ContinuousClock.now
            process.send(SIGINT)
            let result = try await process.finish(within: .seconds(10))
            #expect(ContinuousClock.now - sent < .seconds(2))
            #expect(result.status == .exited(130))
            let said = result.errorOutput
            #expect(said.contains(#/\n quick +built /#) && said.contains(#/\n slow +stopped /#), "\(said)")
            #expect(said.contains(#/\n late +(stopped|skipped)/#) && said.contains("cancelled"), "\(said)")
            try await waitUntil(within: .seconds(2)) { !engine.runs("sleep 1061") }
        }
    }

    @Test(.requires(.docker26))
    func `a second Ctrl-C leaves at once where the engine doesn't answer`() async throws {
        try await TestEngine.withOwn(.docker26) { engine in
            try await withSleepingBatch(on: engine, seconds: 1062) { process in
                engine.signalEngine(SIGSTOP)
                process.send(SIGINT)
                try await Task.sleep(for: .milliseconds(200))
                let sent = ContinuousClock.now
                process.send(SIGINT)
                let result = try await process.finish(within: .seconds(10))
                #expect(ContinuousClock.now - sent < .milliseconds(500))
                #expect(result.status == .exited(130))
                engine.signalEngine(SIGCONT)
            }
        }
    }

    @Test(.requires(.docker26))
    func `a target that fails stops the others, and says so`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let word = uniqueImageName("fails")
            let needing = Batch.target("needing", "true").replacing("target:base", with: "target:failing")
            let text =
                Batch.base + Batch.target("failing", "echo \(word); sleep 1; exit 7")
                + Batch.target("slow", "sleep 1063")
                + needing
            try Batch.write(text, to: directory)
            let result = try await Batch(["failing", "slow", "needing"], in: directory, on: engine).run()
            #expect(result.status == .exited(1))
            let said = result.errorOutput
            #expect(said.contains("failed with exit code 7 (Dockerfile:3)") && said.contains(word), "\(said)")
            #expect(said.contains(#/\n failing +failed /#) && said.contains(#/\n slow +stopped /#), "\(said)")
            // Its steps are done, but on a slow machine not yet what comes behind them.
            #expect(said.contains(#/\n base +(built|stopped) /#) && !said.contains(#/\n needing +built/#), "\(said)")
            try await waitUntil(within: .seconds(2)) { !engine.runs("sleep 1063") }
        }
    }

    @Test(.requires(.docker26))
    func `everything that is wrong is said before anything is built`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let wrong =
                "target \"one\" {\n  platforms = [\"linux/amd46\"]\n}\ntarget \"two\" {\n  output = [\"type=registry\"]\n}\n"
            try Batch.write(Batch.base + wrong, to: directory)
            let result = try await Batch(["one", "two", "base"], in: directory, on: engine).run()
            #expect(result.status == .exited(2))
            for words in ["did you mean amd64?", "Push without a name"] {
                #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
            }
            #expect(!result.errorOutput.contains("#1 "))
            // A secret that this machine doesn't have is no mistake, and is told.
            let secret =
                "target \"default\" {\n  dockerfile = \"base.Dockerfile\"\n  secret = [\"id=t,env=NO_SUCH\"]\n}\n"
            try Batch.write(secret, to: directory)
            let said = try await Batch(["-q"], in: directory, on: engine).succeed().errorOutput
            #expect(said == "warning: default: the secret \"t\" is left out: the environment has no NO_SUCH\n")
        }
    }

    @Test(.requires(.docker26), arguments: [100, 40])
    func `the summary stands below the steps, as wide as the terminal`(columns: Int) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let name = "a-target-with-a-name"
            let text = Batch.base + [name, "b"].map { Batch.target($0, "sleep 0.3; echo \($0) \(columns)") }.joined()
            try Batch.write(text, to: directory)
            let command = Batch([name, "b"], in: directory, on: engine).command
            let report = try await Terminal.start(command, columns: columns).finish()
            #expect(report.status == 0 && report.widestRow <= columns)
            #expect(report.hasSameModes && report.showsCursor)
            let rows = report.rows.filter { !$0.isEmpty }
            #expect(rows.first?.contains("FINISHED") == true, "\(rows)")
            let summary = rows.suffix(3)
            for (row, target) in zip(summary, [name, "b", "base"]) {
                #expect(row.hasPrefix(" " + target) && row.contains("  built  "), "\(rows)")
            }
        }
    }
}
