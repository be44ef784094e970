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
            #expect(try await watcher.finish(within: .seconds(5)).status == .exited(130))
            #expect(try await reader.finish(within: .seconds(5)).status == .exited(0))
            #expect(try await builds(["ls", "--format", "{{.status}}"], of: directory) == "cancelled\n")
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
