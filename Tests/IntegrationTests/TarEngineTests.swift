import Foundation
import Testing

/// Builds on engines without BuildKit: podman, and the classic builder of dockerd 20.10.
@Suite("Engines that take a tar", .timeLimit(.minutes(10))) struct TarEngineTests {
    /// An engine with the flags that lead to its builder.
    private struct Builder {
        let engine: TestEngine
        let flags: [String]

        func run(
            _ words: [String],
            input: CommandInput = .none,
            within limit: Duration = .seconds(120)
        ) async throws
            -> ProcessResult
        { try await runCaisson(["build"] + flags + words, on: engine, input: input, within: limit) }
    }

    private static func withBuilder(_ kind: EngineKind, _ body: (Builder, URL) async throws -> Void) async throws {
        let builder = Builder(
            engine: try await TestEngine.shared(kind),
            flags: ["--progress", "plain"] + (kind == .podman ? [] : ["--classic"])
        )
        try await withTemporaryDirectory { try await body(builder, $0) }
    }

    /// What every one of them must do.
    private static func buildsAndCaches(_ kind: EngineKind) async throws {
        try await withBuilder(kind) { builder, directory in
            // Of images with equal steps the classic builder takes any for its cache, and other tests build this base, too.
            let base = TestContext.busyboxBase.replacing("COPY busybox", with: "LABEL of=\(UUID())\nCOPY busybox")
            let text =
                base + """
                    FROM base AS build
                    ARG NAME=world
                    RUN echo "hello $NAME" | tee /greeting; echo wrong >&2
                    FROM base
                    COPY . /all
                    COPY --from=build /greeting /greeting
                    RUN test ! -e /all/Dockerfile -a ! -e /all/secret -a -e /all/kept && ls -A /all
                    CMD ["cat", "/greeting"]
                    """
            try TestContext.write(
                text,
                to: directory,
                files: [".dockerignore": "secret\nDockerfile\n", "secret": "s", "kept": "k"]
            )
            let (iid, metadata) = (directory.path + "-id", directory.path + "-metadata")
            let words = [
                "-t", "tar/\(kind.rawValue):1", "--build-arg", "NAME=reader", "--label", "l=v", "--iidfile", iid,
                "--metadata-file", metadata, directory.path,
            ]
            let first = try await builder.run(words)
            try #require(first.succeeded, "\(first.errorOutput)")
            #expect(first.errorOutput.contains("hello reader") && first.errorOutput.contains("wrong"))
            #expect(first.errorOutput.contains("load build context"))
            #expect(first.errorOutput.contains("--classic") == (kind != .podman))
            let id = try String(contentsOfFile: iid, encoding: .utf8)
            #expect(id.hasPrefix("sha256:") && id.utf8.count == 71)
            #expect(try String(contentsOfFile: metadata, encoding: .utf8).contains("containerimage.config.digest"))
            let again = try await builder.run(words)
            #expect(again.succeeded && again.errorOutput.contains("CACHED"))
            #expect(try String(contentsOfFile: iid, encoding: .utf8) == id)
            let image = try httpGet("/images/tar/\(kind.rawValue):1/json", socketPath: builder.engine.socketPath)
            #expect(image.contains(id.dropFirst(7)) && image.contains(#""l":"v""#))
        }
    }

    private static func fails(_ kind: EngineKind) async throws {
        try await withBuilder(kind) { builder, directory in
            try TestContext.write(TestContext.busyboxBase + "RUN echo almost; exit 7\n", to: directory)
            let result = try await builder.run([directory.path])
            #expect(result.status == .exited(1))
            for text in ["almost", "exit code 7", ">>> RUN echo almost"] { #expect(result.errorOutput.contains(text)) }
            try TestContext.write("FROM scratch\nFOO bar\n", to: directory)
            let wrong = try await builder.run([directory.path])
            #expect(wrong.status == .exited(2))
            #expect(wrong.errorOutput.contains(">>> FOO bar"), "\(wrong.errorOutput)")
            try TestContext.write("FROM scratch\nCOPY busybox /\n", to: directory)
            let target = try await builder.run(["--target", "nope", directory.path])
            #expect(!target.succeeded && target.errorOutput.contains("nope"))
        }
    }

    private static func cancels(_ kind: EngineKind) async throws {
        try await withBuilder(kind) { builder, directory in
            // A number of seconds that no other test sleeps.
            let seconds = String(5000 + Int.random(in: 0..<1000))
            try TestContext.write(TestContext.busyboxBase + "RUN echo begun; sleep \(seconds)\n", to: directory)
            var command = Command.caisson(["build"] + builder.flags + [directory.path], on: builder.engine)
            command.directory = directory.path
            let process = try RunningProcess.start(command)
            _ = try await process.awaitText(" begun\n")
            let isRunning = { builder.engine.processes().contains { $0.commandLine == "sleep \(seconds)" } }
            try await expectSoon { isRunning() }
            process.send(SIGINT)
            let result = try await process.finish(within: .seconds(30))
            #expect(result.status == .exited(130))
            try await expectSoon { !isRunning() }
        }
    }

    /// Standard input, a Dockerfile outside of the context, limits and hosts.
    private static func takesEverySource(_ kind: EngineKind) async throws {
        try await withBuilder(kind) { builder, directory in
            let text =
                TestContext.busyboxBase + "COPY . /all\nRUN ls -A /all; cat /etc/hosts; ulimit -n; df -k /dev/shm\n"
            let context = directory.appending(path: "ctx")
            try TestContext.write(text, to: context, files: ["file": "f"])
            let tar = try await runSuccessfully(Command("/bin/tar", ["c", "-C", context.path, "."]))
            let piped = try await builder.run(["-"], input: .data(tar.standardOutput))
            #expect(piped.succeeded && piped.errorOutput.contains(" file\n"), "\(piped.errorOutput)")
            try FileManager.default.moveItem(
                at: context.appending(path: "Dockerfile"),
                to: directory.appending(path: "D")
            )
            let flags = ["--add-host", "h:1.2.3.4", "--ulimit", "nofile=100:200", "--shm-size", "1m", "--no-cache"]
            for words in [["-f", directory.path + "/D"], ["-f", "-"]] {
                let result = try await builder.run(
                    flags + words + [context.path],
                    input: words.last == "-" ? .data(Data(text.utf8)) : .none
                )
                #expect(result.succeeded, "\(result.errorOutput)")
                for text in ["1.2.3.4", " 100\n", "1024", " file\n"] {
                    #expect(result.errorOutput.contains(text), "\(text)")
                }
                #expect(!result.errorOutput.contains(" .docker"), "a file of ours is in the image")
            }
        }
    }

    /// A base image from a registry that wants a login, and pushing there.
    private static func pullsAndPushes(_ kind: EngineKind) async throws {
        try await TestRegistry.with(protected: true) { registry in
            try await withBuilder(kind) { builder, directory in
                let account = Data("\(TestRegistry.user):\(TestRegistry.password)".utf8).base64EncodedString()
                let config = directory.appending(path: "config")
                try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
                try Data(#"{"auths":{"\#(registry.address)":{"auth":"\#(account)"}}}"#.utf8)
                    .write(to: config.appending(path: "config.json"))
                let context = directory.appending(path: "ctx")
                try TestContext.write(TestContext.busyboxBase, to: context)
                let name = "\(registry.address)/tar/base:1"
                let environment = ["DOCKER_CONFIG": config.path]
                let build = { (words: [String]) in
                    try await runCaisson(
                        ["build"] + builder.flags + words,
                        on: builder.engine,
                        environment: environment
                    )
                }
                let pushed = try await build(["--push", "-t", name, context.path])
                try #require(pushed.succeeded, "\(pushed.errorOutput)")
                try TestContext.write("FROM \(name)\nRUN echo based\n", to: context)
                let based = try await build(["--pull", "--no-cache", context.path])
                #expect(based.succeeded && based.errorOutput.contains("based"), "\(based.errorOutput)")
                try FileManager.default.removeItem(at: config)
                let refused = try await build(["--pull", "--no-cache", context.path])
                #expect(refused.status == .exited(1))
            }
        }
    }

    private static func exports(_ kind: EngineKind) async throws {
        try await withBuilder(kind) { builder, directory in
            try TestContext.write("FROM scratch\nCOPY busybox /\n", to: directory)
            let file = directory.path + "-image.tar"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let saved = try await builder.run(["-t", "tar/saved:1", "-o", "type=docker,dest=\(file)", directory.path])
            try #require(saved.succeeded, "\(saved.errorOutput)")
            let list = try await runSuccessfully(Command("/bin/tar", ["tf", file]))
            #expect(list.output.contains("manifest.json"))
            let refused = try await builder.run(["-o", "type=local,dest=\(file)-files", directory.path])
            #expect(refused.status == .exited(2) && refused.errorOutput.contains("--output type=local"))
        }
    }

    @Test("podman builds, caches and tells the image", .requiresPodman) func podmanBuilds() async throws {
        try await Self.buildsAndCaches(.podman)
    }
    @Test("the classic builder builds, caches and tells the image", .requires(.docker20)) func classicBuilds()
        async throws
    {
        try await Self.buildsAndCaches(.docker20)
    }
    @Test("a failing step on podman says all there is to say", .requiresPodman) func podmanFails() async throws {
        try await Self.fails(.podman)
    }
    @Test("a failing step on the classic builder says all there is to say", .requires(.docker20))
    func classicFails() async throws { try await Self.fails(.docker20) }
    @Test("Ctrl-C leaves no step running on podman", .requiresPodman) func podmanCancels() async throws {
        try await Self.cancels(.podman)
    }
    @Test("Ctrl-C leaves no step running on the classic builder", .requires(.docker20)) func classicCancels()
        async throws
    {
        try await Self.cancels(.docker20)
    }
    @Test("podman takes every source and limit", .requiresPodman) func podmanSources() async throws {
        try await Self.takesEverySource(.podman)
    }
    @Test("the classic builder takes every source and limit", .requires(.docker20)) func classicSources() async throws {
        try await Self.takesEverySource(.docker20)
    }
    @Test("podman pulls with our login and pushes", .requiresPodman) func podmanRegistry() async throws {
        try await Self.pullsAndPushes(.podman)
    }
    @Test("the classic builder pulls with our login, and dockerd pushes", .requires(.docker20))
    func classicRegistry() async throws { try await Self.pullsAndPushes(.docker20) }
    @Test("podman writes image archives", .requiresPodman) func podmanExports() async throws {
        try await Self.exports(.podman)
    }
    @Test("the classic builder's dockerd writes image archives", .requires(.docker20)) func classicExports()
        async throws
    {
        try await Self.exports(.docker20)
    }

    @Test("inspect tells podman at docker's address from dockerd", .requiresPodman) func inspect() async throws {
        let engine = try await TestEngine.shared(.podman)
        var command = Command.caisson(["builder", "inspect"])
        command.environment["DOCKER_HOST"] = engine.address
        let result = try await runSuccessfully(command)
        #expect(result.output.contains("podman 4."))
        command.environment = command.environment.filter { $0.key != "DOCKER_HOST" }
        command.environment["CONTAINER_HOST"] = engine.address
        #expect(try await runSuccessfully(command).output.contains("CONTAINER_HOST"))
    }
}

/// Waits until something holds, and fails the test where it doesn't in time.
private func expectSoon(_ condition: () -> Bool) async throws {
    for _ in 0..<500 {
        if condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it doesn't hold after ten seconds")
}
