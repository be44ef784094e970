import Foundation
import Glibc
import Testing

/// Batches with a history: what fails, what is killed, and what is gone on with.
@Suite struct BatchResumeTests {
    /// How often a batch is killed; three times in CI, ten by night.
    private static let kills = ProcessInfo.processInfo.environment["CAISSON_TEST_KILLS"].flatMap { Int($0) } ?? 3

    /// Twelve targets in three layers, each of which notes in a cache of the engine that it was run.
    private func write(to directory: URL, cache: String, pause: String, failing: String? = nil) throws {
        var text = ""
        for number in 1...12 {
            let name = "t\(number)"
            let sources = number > 8 ? [number - 4, number - 8] : number > 4 ? [number - 4] : []
            let waits = sources.map { "\"t\($0)\"" }.joined(separator: ", ")
            text += """
                  \(name):
                    dockerfile: Dockerfile
                    args: { NAME: \(name), PAUSE: "\(pause)", STATUS: "\(name == failing ? 3 : 0)" }
                    tags: ["\(cache)-\(name)"]
                    depends-on: [\(waits)]

                """
        }
        let steps = """
            ARG NAME PAUSE STATUS
            RUN --mount=type=cache,id=\(cache),target=/counts sleep $PAUSE && echo $NAME >>/counts/runs && exit $STATUS

            """
        try TestContext.write(
            TestContext.busyboxBase + steps,
            to: directory,
            files: ["caisson.yaml": "targets:\n\(text)", "state/.keep": "", ".dockerignore": "state\n"]
        )
    }

    private func command(_ words: [String], in directory: URL, on engine: TestEngine) -> Command {
        var command = Command.caisson(words, on: engine)
        command.directory = directory.path
        command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
        return command
    }

    private func batch(_ words: [String], in directory: URL, on engine: TestEngine) -> Command {
        let targets = (1...12).map { "t\($0)" }
        return command(
            ["batch", "--jobs", "4", "--keep-going", "--progress", "plain"] + words + targets,
            in: directory,
            on: engine
        )
    }

    /// How often each target was run, by what they noted.
    private func runs(_ cache: String, in directory: URL, on engine: TestEngine) async throws -> [String: Int] {
        // Other than with no-cache, which gives a step empty caches, too.
        let steps = "RUN --mount=type=cache,id=\(cache),target=/counts cat /counts/runs || true \(UUID())\n"
        return try await withTemporaryDirectory { folder in
            try TestContext.write(TestContext.busyboxBase + steps, to: folder)
            let words = ["build", "--no-history", "--progress", "plain", "."]
            var reading = command(words, in: folder, on: engine)
            reading.environment["CAISSON_HOME"] = folder.appending(path: "none").path
            let said = try await runSuccessfully(reading).errorOutput
            var counts: [String: Int] = [:]
            for line in said.split(separator: "\n") {
                guard let name = line.split(separator: " ").last, line.hasPrefix("#"), name.hasPrefix("t"),
                    Int(name.dropFirst()) != nil
                else { continue }
                counts[String(name), default: 0] += 1
            }
            return counts
        }
    }

    /// The names of what the history has in a state, of all batches.
    private func names(_ status: String, in directory: URL, on engine: TestEngine) async throws -> Set<String> {
        let words = ["builds", "ls", "--limit", "0", "--status", status, "--format", "{{.name}}"]
        let list = try await runSuccessfully(command(words, in: directory, on: engine)).output
        return Set(list.split(separator: "\n").map(String.init))
    }

    /// Waits until the history knows of a batch.
    private func awaitBegin(in directory: URL, on engine: TestEngine) async throws {
        for _ in 0..<300 {
            let list = try await run(command(["builds", "ls", "-q"], in: directory, on: engine))
            if !list.output.isEmpty { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("no batch has begun after 30 s")
    }

    @Test(.requires(.docker26), .requires(.docker28), arguments: BatchTests.engines)
    func `of twelve images one fails, and those that need it are skipped`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let cache = uniqueImageName("counts")
            try write(to: directory, cache: cache, pause: "0.1", failing: "t2")
            let result = try await run(batch(["--summary", "summary.json"], in: directory, on: engine))
            #expect(result.status == .exited(1))
            #expect(try await names("failed", in: directory, on: engine) == ["t2"])
            #expect(try await names("skipped", in: directory, on: engine) == ["t6", "t10"])
            #expect(try await names("succeeded", in: directory, on: engine).count == 9)
            let summary = try String(contentsOf: directory.appending(path: "summary.json"), encoding: .utf8)
            #expect(summary.contains("\"t2\"") && summary.contains("skipped"), "\(summary)")
            // Mended, only what hadn't passed is built.
            try write(to: directory, cache: cache, pause: "0.1")
            let mended = try await run(batch(["--only-failed"], in: directory, on: engine))
            #expect(mended.succeeded, "\(mended.errorOutput)")
            #expect(
                mended.errorOutput.contains(#/\n t1 +kept /#) && mended.errorOutput.contains(#/\n t10 +built /#),
                "\(mended.errorOutput)"
            )
            let counts = try await runs(cache, in: directory, on: engine)
            #expect(counts.filter { $0.key != "t2" }.values.allSatisfy { $0 == 1 }, "\(counts)")
        }
    }

    @Test(.requires(.docker26), .requires(.docker28))
    func `what is kept is told in full, and is kept for its engine alone`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let cache = uniqueImageName("counts")
            try write(to: directory, cache: cache, pause: "0")
            func batch(_ words: [String], on engine: TestEngine) -> Command {
                command(["batch"] + words + ["t1"], in: directory, on: engine)
            }
            let first = try await runSuccessfully(batch(["-q"], on: engine)).output
            for _ in 0..<2 {
                let files = ["--metadata-file", "state/metadata.json", "--summary", "state/summary.json"]
                let kept = try await runSuccessfully(batch(["--resume", "-q"] + files, on: engine))
                #expect(kept.output == first && first.contains("sha256:"))
                for (name, words) in [("metadata.json", "containerimage"), ("summary.json", "kept as build")] {
                    let path = directory.appending(path: "state/\(name)")
                    let text = try String(contentsOf: path, encoding: .utf8)
                    #expect(text.contains(words) && text.contains("t1"), "\(text)")
                }
            }
            let last = try await runSuccessfully(
                command(["builds", "show", "--format", "json", "t1"], in: directory, on: engine)
            ).output
            #expect(last.contains("kept as build") && last.contains("sha256:"), "\(last)")
            // Nor is it there once somebody has removed it.
            try await engine.docker("image", "rm", "\(cache)-t1")
            let again = try await runSuccessfully(batch(["--resume"], on: engine)).errorOutput
            #expect(!again.contains("kept as build"), "\(again)")
            try await engine.docker("image", "inspect", "\(cache)-t1")
            // Another engine doesn't have it.
            let other = try await TestEngine.shared(.docker28)
            let elsewhere = try await runSuccessfully(batch(["--resume"], on: other)).errorOutput
            #expect(!elsewhere.contains("kept as build"), "\(elsewhere)")
            try await other.docker("image", "inspect", "\(cache)-t1")
        }
    }

    @Test(.requires(.docker26))
    func `a batch that is killed and gone on with runs nothing twice that had passed`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let cache = uniqueImageName("counts")
            try write(to: directory, cache: cache, pause: "0.4")
            var passed: [String: Int] = [:]
            var seed = UInt64.random(in: 0...UInt64.max)
            print("kills are placed by the seed \(seed)")
            for round in 0..<Self.kills {
                let process = try RunningProcess.start(batch(round == 0 ? [] : ["--resume"], in: directory, on: engine))
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // On a busy machine the first one may take longer to begin than it has here.
                if round == 0 { try await awaitBegin(in: directory, on: engine) }
                try await Task.sleep(for: .milliseconds(Int(200 + (seed >> 33) % 1500)))
                process.send(SIGKILL)
                _ = try await process.finish(within: .seconds(5))
                let names = try await names("succeeded", in: directory, on: engine)
                let counts = try await runs(cache, in: directory, on: engine)
                for (name, count) in passed { #expect(counts[name] == count, "\(name) in round \(round)") }
                for name in names where passed[name] == nil { passed[name] = counts[name] ?? 0 }
                #expect(try await self.names("running", in: directory, on: engine).isEmpty)
            }
            let last = try await run(batch(["--resume"], in: directory, on: engine))
            #expect(last.succeeded, "\(last.errorOutput)")
            let counts = try await runs(cache, in: directory, on: engine)
            for (name, count) in passed { #expect(counts[name] == count, "\(name) at the end") }
            #expect(counts.count == 12)
            for number in 1...12 { try await engine.docker("image", "inspect", "\(cache)-t\(number)") }
            // What has changed is built again.
            let whole = try await run(batch(["--resume"], in: directory, on: engine))
            #expect(whole.succeeded && !whole.errorOutput.contains(#/\n t\d+ +built /#), "\(whole.errorOutput)")
            try write(to: directory, cache: cache, pause: "0.2")
            let changed = try await run(batch(["--resume"], in: directory, on: engine))
            #expect(changed.succeeded && !changed.errorOutput.contains(#/\n t\d+ +kept /#), "\(changed.errorOutput)")
        }
    }
}
