import Foundation
import Glibc
import Testing

/// What builds leave in the history, and what `caisson builds` says and does with it.
@Suite struct BuildRecordTests {
    /// Runs `caisson builds …` on the history of a folder.
    @discardableResult
    private func builds(_ arguments: [String], of directory: URL, on engine: TestEngine? = nil) async throws -> String {
        var command = Command.caisson(["builds"] + arguments, on: engine)
        command.environment["CAISSON_HOME"] = Self.state(of: directory)
        command.directory = directory.path
        return try await runSuccessfully(command).output
    }

    private static func state(of directory: URL) -> String { directory.appending(path: "state").path }

    /// A build in a folder, whose state is in there, too.
    private func build(
        _ arguments: [String],
        in directory: URL,
        on engine: TestEngine,
        environment: [String: String] = [:]
    ) -> Command {
        var command = Command.caisson(["build"] + arguments, on: engine)
        command.directory = directory.path
        command.environment["CAISSON_HOME"] = Self.state(of: directory)
        command.environment.merge(environment) { $1 }
        return command
    }

    private func withContext(_ steps: String, _ body: (URL) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + steps, to: directory.appending(path: "context"))
            try await body(directory)
        }
    }

    /// All files under a folder, as one text each.
    private func files(under directory: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            files[name] = FileManager.default.contents(atPath: directory + "/" + name)
        }
        return files
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a build is listed and shown with its steps, its image and its log`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let image = uniqueImageName("recorded")
        try await withContext("RUN echo first; echo second >&2\nRUN echo third\n") { directory in
            try await runSuccessfully(
                build(["-t", image, "--build-arg", "TOKEN=hunter2", "context"], in: directory, on: engine)
            )
            let list = try await builds(["ls", "--format", "{{.status}} {{.images}}"], of: directory)
            #expect(list.hasPrefix("succeeded") && list.contains(image), "\(list)")
            let shown = try await builds(["show"], of: directory)
            #expect(shown.contains("RUN echo third") && shown.contains(image) && !shown.contains("hunter2"), "\(shown)")
            let log = try await builds(["logs"], of: directory)
            #expect(log.contains("first") && log.contains("third"), "\(log)")
            let step = try await builds(["logs", "--step", "RUN echo third"], of: directory)
            #expect(step == "third\n")
            let refused = try await run(rerun(in: directory, on: engine))
            #expect(refused.status == .exited(2) && refused.errorOutput.contains("secret"), "\(refused.errorOutput)")
        }
    }

    private func rerun(in directory: URL, on engine: TestEngine) -> Command {
        var command = Command.caisson(["builds", "rerun"], on: engine)
        command.environment["CAISSON_HOME"] = Self.state(of: directory)
        return command
    }

    @Test(.requires(.docker26))
    func `a failed build is shown with its error and the end of its log, and can be run again`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withContext("RUN echo so far so good; test -e /ok\n") { directory in
            let first = try await run(build(["context"], in: directory, on: engine))
            #expect(first.status == .exited(1))
            let shown = try await builds(["show"], of: directory)
            #expect(shown.contains("so far so good") && shown.contains("exit code"), "\(shown)")
            try await builds(["pin", "^0"], of: directory)
            let again = try await run(rerun(in: directory, on: engine))
            #expect(again.status == .exited(1))
            #expect(
                try await builds(["ls", "-q", "--status", "failed"], of: directory).split(separator: "\n").count == 2
            )
            try await builds(["rm", "--all"], of: directory)
            #expect(try await builds(["ls", "-q"], of: directory).split(separator: "\n").count == 1)
        }
    }

    // On one engine: where 20.10 merges steps of two clients of which one is killed, the other's build may hang.
    @Test(.requires(.docker26))
    func `no secret is in any file of the state, also where the build is killed`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let secret = "s3cr3t-\(UUID().uuidString)"
        let step = "RUN --mount=type=secret,id=word cat /run/secrets/word; echo shown; sleep 1071\n"
        try await withContext(step) { directory in
            let words = ["--secret", "id=word,env=WORD", "--progress", "plain", "context"]
            let command = build(words, in: directory, on: engine, environment: ["WORD": secret])
            let process = try RunningProcess.start(command)
            _ = try await process.awaitText("shown")
            // What was told is written within a tenth of a second.
            try await waitUntil {
                try files(under: Self.state(of: directory)).values.contains {
                    $0.range(of: Data("***shown".utf8)) != nil
                }
            }
            process.send(SIGKILL)
            _ = try await process.finish(within: .seconds(5))
            func leaks() throws -> [String] {
                try files(under: Self.state(of: directory)).filter { $0.value.range(of: Data(secret.utf8)) != nil }.map(
                    \.key
                )
            }
            #expect(try leaks() == [])
            #expect(try await builds(["ls", "--format", "{{.status}}"], of: directory) == "interrupted\n")
            let log = try await builds(["logs"], of: directory)
            #expect(log.contains("***shown"), "\(log)")
            #expect(try leaks() == [])
        }
    }

    @Test(.requires(.docker26))
    func `another process follows a build and cancels it`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withContext("RUN echo begun $((40+2)); sleep 1072\n") { directory in
            let process = try RunningProcess.start(
                build(["--progress", "plain", "context"], in: directory, on: engine)
            )
            _ = try await process.awaitText("begun 42")
            func start(_ words: [String]) throws -> RunningProcess {
                var command = Command.caisson(["builds"] + words)
                command.environment["CAISSON_HOME"] = Self.state(of: directory)
                return try RunningProcess.start(command)
            }
            for words in [["watch", "--progress", "plain"], ["logs", "-f"]] {
                let left = try start(words)
                _ = try await left.awaitText("begun 42", within: .seconds(5))
                left.send(SIGINT)
                let result = try await left.finish(within: .seconds(5))
                #expect(result.status == .exited(130) && result.errorOutput.contains("the build goes on; “caisson"))
                #expect(!result.errorOutput.contains("error:"), "\(result.errorOutput)")
            }
            let watcher = try start(["watch", "--progress", "plain"])
            let reader = try start(["logs", "-f"])
            _ = try await watcher.awaitText("begun 42", within: .seconds(5))
            _ = try await reader.awaitText("begun 42", within: .seconds(5))
            #expect(try await builds(["ls", "--format", "{{.status}}"], of: directory) == "running\n")
            let asked = ContinuousClock.now
            try await builds(["cancel", "^0"], of: directory)
            try await waitUntil(within: .seconds(2)) { !engine.runs("sleep 1072") }
            #expect(ContinuousClock.now - asked < .seconds(2))
            #expect(try await process.finish(within: .seconds(5)).status == .exited(130))
            let seen = try await watcher.finish(within: .seconds(5))
            #expect(seen.status == .exited(1) && seen.errorOutput.contains("has ended: it was cancelled"))
            #expect(try await reader.finish(within: .seconds(5)).status == .exited(0))
            #expect(try await builds(["ls", "--format", "{{.status}}"], of: directory) == "cancelled\n")
        }
    }

    @Test(.requires(.docker26))
    func `lines without an end stand where they were printed, and steps in the order of the Dockerfile`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        // What is cached prints nothing.
        let steps = "RUN : \(UUID())\nRUN printf on; printf e\nRUN printf two\nRUN echo three; test -e /ok\n"
        try await withContext(steps) { directory in
            _ = try await run(build(["-t", "shop/unended:1", "context"], in: directory, on: engine))
            let log = try await builds(["logs", "shop/unended:1"], of: directory).split(separator: "\n")
            let printed = log.filter { !$0.contains("RUN") }.map { $0.drop { $0 != " " }.dropFirst() }
            #expect(printed.suffix(3) == ["one", "two", "three"], "\(log)")
            #expect(log.filter { $0.contains("RUN") }.count >= 3, "each has its head: \(log)")
            let shown = try await builds(["show"], of: directory)
            let places = ["printf on;", "RUN printf two", "RUN echo three"].map { shown.firstRange(of: $0)?.lowerBound }
            #expect(places[0] != nil && places[1] != nil && places[2] != nil, "\(shown)")
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(shown)")
            let object = try JSONSerialization.jsonObject(
                with: Data(try await builds(["show", "--format", "json"], of: directory).utf8)
            )
            let keys = try #require(object as? [String: Any]).keys
            #expect(Set(["request", "dependencies", "fingerprint"]).isSubset(of: keys))
            let missing = try await run(refused(["logs", "--step", "99"], in: directory))
            #expect(missing.status == .exited(2) && missing.errorOutput.contains("has no step 99; it has"))
        }
    }

    private func refused(_ words: [String], in directory: URL) -> Command {
        var command = Command.caisson(["builds"] + words)
        command.environment["CAISSON_HOME"] = Self.state(of: directory)
        return command
    }

    @Test func `without builds there is nothing to name or remove, and an unusable state is told`() async throws {
        try await withTemporaryDirectory { directory in
            for words in [["show"], ["logs"], ["watch"], ["rerun"]] {
                let result = try await run(refused(words, in: directory))
                #expect(result.status == .exited(2), "\(words)")
                #expect(result.errorOutput == "error: no build is remembered yet\n", "\(words)")
            }
            #expect(try await builds(["rm", "--all"], of: directory).isEmpty)
            #expect(try await builds(["ls", "-q"], of: directory).isEmpty)
            let state = Self.state(of: directory)
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            #expect(chmod(state, 0o777) == 0)
            let open = try await run(refused(["ls"], in: directory))
            #expect(open.status == .exited(1) && open.output.isEmpty && open.errorOutput.contains(state))
            var nowhere = refused(["ls"], in: directory)
            nowhere.environment["CAISSON_HOME"] = "/dev/null"
            #expect(try await run(nowhere).status == .exited(1))
        }
    }

    @Test(.requires(.docker26))
    func `a batch is listed and cancelled by its id, and of a target that has ended it is said`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let manifest = """
            targets:
              a: { dockerfile: Dockerfile, args: { STEP: "true" } }
              b: { dockerfile: Dockerfile, args: { STEP: "printf beg; echo un; sleep 1073" }, depends-on: [a] }
              c: { dockerfile: Dockerfile, args: { STEP: "sleep 1074" }, depends-on: [b] }

            """
        try await withTemporaryDirectory { directory in
            let steps = TestContext.busyboxBase + "ARG STEP\nRUN eval \"$STEP\"\n"
            try TestContext.write(steps, to: directory, files: ["caisson.yaml": manifest])
            let words = ["--only", "a", "--only", "b", "--only", "c", "--progress", "plain", "a", "b", "c"]
            let home = ["CAISSON_HOME": Self.state(of: directory)]
            let process = try RunningProcess.start(Batch(words, in: directory, on: engine, environment: home).command)
            _ = try await process.awaitText("begun")
            let ended = try await run(refused(["cancel", "a"], in: directory))
            #expect(ended.status == .exited(2) && ended.errorOutput.hasSuffix("doesn't run: it succeeded\n"))
            let line = try await builds(["ls", "--limit", "1", "--format", "{{json .Batch}}"], of: directory)
            let batch = try #require(line.components(separatedBy: "\"").first { $0.utf8.count == 25 })
            let filter = ["--batch", String(batch.prefix(13)), "--format", "{{.name}}"]
            let names = try await builds(["ls"] + filter, of: directory)
            #expect(Set(names.split(separator: "\n")).isSuperset(of: ["a", "b", "c"]), "\(names)")
            let gone = try await builds(["cancel", batch], of: directory)
            #expect(gone.split(separator: "\n").count == 2, "\(gone)")
            #expect(try await process.finish(within: .seconds(10)).status != .exited(0))
            let again = try await builds(["rerun", "--print", "c"], of: directory)
            #expect(again.hasSuffix("caisson batch --progress plain a b c --only c\n"), "\(again)")
        }
    }

    @Test(.requires(.docker26), arguments: ["newer", "file", "flag", "configuration"])
    func `a build goes on without a history, with one notice at most`(reason: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        // Images that are the same, made at once, are in each other's way on this engine.
        try await withContext("RUN echo \(reason)\n") { directory in
            let state = Self.state(of: directory)
            try FileManager.default.createDirectory(
                atPath: state + "/history",
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            var words = ["--progress", "plain", "context"]
            var environment: [String: String] = [:]
            switch reason {
            case "newer": try Data("999\n".utf8).write(to: URL(filePath: state + "/history/format"))
            case "file":
                try FileManager.default.removeItem(atPath: state + "/history")
                try Data().write(to: URL(filePath: state + "/history"))
            case "flag": words.insert("--no-history", at: 0)
            default:
                let folder = directory.appending(path: "settings/caisson").path
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data("[history]\nenabled = false\n".utf8).write(to: URL(filePath: folder + "/caisson.toml"))
                environment["XDG_CONFIG_HOME"] = directory.appending(path: "settings").path
            }
            let result = try await runSuccessfully(build(words, in: directory, on: engine, environment: environment))
            let notices = result.errorOutput.split(separator: "\n").filter { $0.hasPrefix("warning:") }
            #expect(notices.count == (["newer", "file"].contains(reason) ? 1 : 0), "\(result.errorOutput)")
            let journals = (try? FileManager.default.contentsOfDirectory(atPath: state + "/history/journals")) ?? []
            #expect(journals == [])
        }
    }
}
