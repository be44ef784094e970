import Foundation
import Testing

/// The table `[cache]` of the configuration, and which build made what: each on an engine of its own.
@Suite(.serialized) struct CachePolicyCommandTests {
    /// A build whose steps nobody else has, with its own history and configuration.
    private struct Scene {
        var directory: URL
        var engine: TestEngine

        func configure(_ text: String) throws {
            let folder = directory.appending(path: "config/caisson")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: folder.appending(path: "caisson.toml"), atomically: true, encoding: .utf8)
        }

        func caisson(_ words: [String], in folder: String = "context") async throws -> ProcessResult {
            var command = Command.caisson(words, on: engine)
            command.directory = directory.appending(path: folder).path
            command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            command.environment["XDG_CONFIG_HOME"] = directory.appending(path: "config").path
            return try await runSuccessfully(command)
        }

        /// Builds an image with a step of so many bytes.
        func build(_ name: String, bytes: Int = 1_000_000) async throws -> ProcessResult {
            let steps = "RUN head -c \(bytes) /dev/urandom >/\(name)\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory.appending(path: "context"))
            return try await caisson(["build", "--progress", "plain", "-t", name, "."])
        }

        func isCached(_ name: String) async throws -> Bool {
            try await build(name).errorOutput.contains(#/RUN head -c \d+ /dev/urandom >/[a-z]+\n#\d+ CACHED/#)
        }
    }

    private func withScene(_ kind: EngineKind, _ body: (Scene) async throws -> Void) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withTemporaryDirectory { directory in
                try await body(Scene(directory: directory, engine: engine))
            }
        }
    }

    @Test(.requires(.docker28), arguments: [EngineKind.docker26, .docker28])
    func `a policy removes what it foretold, and not what a pinned build needs`(kind: EngineKind) async throws {
        try await withScene(kind) { scene in
            _ = try await scene.build("kept")
            _ = try await scene.caisson(["builds", "pin", "kept"])
            _ = try await scene.build("lost")
            for name in ["kept", "lost"] { try await scene.engine.docker("image", "rm", name) }
            try scene.configure("[cache]\nmax_age = \"1s\"\n")
            try await Task.sleep(for: .milliseconds(1500))
            let foretold = try await scene.caisson(["cache", "prune", "--policy", "--dry-run"]).output
            let done = try await scene.caisson(["cache", "prune", "--policy", "--force"]).output
            let amount = #/(?:Would be removed|Total): (.*)\n/#
            let (a, b) = (foretold.firstMatch(of: amount)?.1, done.firstMatch(of: amount)?.1)
            #expect(a != nil && a == b && foretold.contains("as builds need"), "\(foretold)\(done)")
            #expect(try await scene.isCached("kept"))
            #expect(try await !scene.isCached("lost"))
        }
    }

    @Test(.requires(.docker28)) func `a policy is followed after builds where its user says so, once in a while`()
        async throws
    {
        try await withScene(.docker28) { scene in
            _ = try await scene.build("before")
            try await scene.engine.docker("image", "rm", "before")
            try scene.configure("[cache]\nmax_size = \"1kb\"\nafter_builds = true\n")
            let told = try await scene.build("after").errorOutput
            #expect(
                told.contains(#/removed [0-9.]+.?B in \d+ records? of the build cache, as \[cache\] says\n$/#),
                "\(told)"
            )
            let next = try await scene.build("more").errorOutput
            #expect(!next.contains("as [cache] says"), "\(next)")
            let why = try await scene.caisson(["cache", "policy"]).output
            #expect(why.contains(#/\ncache\.after_builds +true +\S+\/caisson\.toml:3:1\n/#), "\(why)")
            // In a folder's file it would empty the caches of whoever builds what somebody else wrote.
            let file = scene.directory.appending(path: "context/caisson.toml")
            try "[cache]\nafter_builds = true\n".write(to: file, atomically: true, encoding: .utf8)
            var command = Command.caisson(["cache", "policy"], on: scene.engine)
            command.directory = scene.directory.appending(path: "context").path
            let refused = try await run(command)
            #expect(refused.status == .exited(2) && refused.errorOutput.contains("the user's own caisson.toml"))
        }
    }

    @Test(.requires(.docker28)) func `nothing goes while the history can't tell what has to stay`() async throws {
        try await withScene(.docker28) { scene in
            _ = try await scene.build("kept")
            _ = try await scene.caisson(["builds", "pin", "kept"])
            try scene.configure("[cache]\nmax_size = \"1kb\"\n")
            let history = scene.directory.appending(path: "state/history/builds.sqlite")
            try Data(repeating: 7, count: 8192).write(to: history)
            var command = Command.caisson(["cache", "prune", "--policy", "--force"], on: scene.engine)
            command.directory = scene.directory.appending(path: "context").path
            command.environment["CAISSON_HOME"] = scene.directory.appending(path: "state").path
            command.environment["XDG_CONFIG_HOME"] = scene.directory.appending(path: "config").path
            let refused = try await run(command)
            #expect(refused.status == .exited(1) && refused.output.isEmpty, "\(refused.output)")
            #expect(refused.errorOutput.contains("builds.sqlite is damaged"), "\(refused.errorOutput)")
        }
    }

    @Test(.requires(.docker28), arguments: [EngineKind.docker26, .docker28])
    func `records tell which build made them`(kind: EngineKind) async throws {
        try await withScene(kind) { scene in
            _ = try await scene.build("one")
            _ = try await scene.build("two", bytes: 2_000_000)
            let text = try await scene.caisson(["cache", "du", "--format", "{{.MadeBy}} {{.Description}}"]).output
            for (name, bytes) in [("one", 1_000_000), ("two", 2_000_000)] {
                let lines = text.split(separator: "\n").filter { $0.contains("head -c \(bytes)") }
                let id = try await scene.caisson(["builds", "show", name, "--format", "{{.id}}"]).output.prefix(12)
                #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("\(id) ") && $0.contains(name) }, "\(text)")
            }
            let sums = try await scene.caisson(["cache", "du", "--by", "build"]).output
            #expect(sums.contains(#/\n[0-9a-z]{12} two:latest +\d+ +\d\.\d+MB/#), "\(sums)")
        }
    }

    @Test(.requiresPodman) func `on podman nameless images go, as foretold, and none with a name`() async throws {
        try await TestEngine.withOwn(.podman) { engine in
            try await withTemporaryDirectory { directory in
                let steps = "RUN head -c 3000000 /dev/urandom >/a\nRUN head -c 2000000 /dev/urandom >/b\n"
                for name in ["left", "kept"] {
                    try TestContext.write(TestContext.busyboxBase + steps + "RUN echo \(name) >/c\n", to: directory)
                    let words = ["build", "-q", "--no-cache", "-t", "localhost/\(name)", directory.path]
                    try await runSuccessfully(Command.caisson(words, on: engine))
                }
                let other = CommandInput.data(Data("FROM scratch\nLABEL a=b\n".utf8))
                let renamed = try await runCaisson(
                    ["build", "-q", "-t", "localhost/left", "-"],
                    on: engine,
                    input: other
                )
                #expect(renamed.succeeded, "\(renamed.errorOutput)")
                let ids = ["--format", "{{.ID}} {{.Bytes}}"]
                func prune(_ words: [String]) async throws -> String {
                    try await runSuccessfully(Command.caisson(["cache", "prune"] + words + ids, on: engine)).output
                }
                let (foretold, gone) = (try await prune(["--dry-run"]), try await prune(["--force"]))
                let (a, b) = (foretold.split(separator: "\n").sorted(), gone.split(separator: "\n").sorted())
                #expect(a == b && !a.isEmpty, "\(foretold)\n\(gone)")
                let kept = try httpGet("/images/localhost/kept/json", socketPath: engine.socketPath)
                #expect(kept.contains("localhost/kept"))
            }
        }
    }
}
