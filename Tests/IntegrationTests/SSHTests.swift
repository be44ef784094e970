import Foundation
import Testing

/// SSH agents in real builds: steps log in at a real sshd with keys that never leave this side.
@Suite(.enabled(if: TestSSHServer.reasonNotToRun == nil, "\(TestSSHServer.reasonNotToRun ?? "available")"))
struct SSHTests {
    private static let base = """
        FROM scratch
        COPY root /
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]

        """

    private func clone(_ server: TestSSHServer, _ mount: String = "--mount=type=ssh") -> String {
        let ssh = "ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p \(server.port)"
        return """
            ARG KEY=\(uniqueImageName("clone"))
            RUN \(mount) GIT_SSH_COMMAND="\(ssh)" \\
                git clone -q root@127.0.0.1:\(server.directory)/repository /clone && cat /clone/file && exit 9

            """
    }

    private func withBuild(
        _ kind: EngineKind,
        _ steps: (TestSSHServer) -> String,
        _ body: (TestSSHServer, URL, TestEngine) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestSSHServer.with { server in
            try await withTemporaryDirectory { directory in
                try TestContext.write(Self.base + steps(server), to: directory)
                try await TestSSHServer.copyPrograms(to: directory)
                try await body(server, directory, engine)
            }
        }
    }

    private func flags(_ ssh: [String]) -> [String] {
        ssh.flatMap { ["--ssh", $0] } + ["--network", "host", "--progress", "plain", "."]
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a step clones with a key of a file, and another key is refused`(kind: EngineKind) async throws {
        try await withBuild(kind, { clone($0) }) { server, directory, engine in
            let text = try await Build(flags(["default=\(server.directory)/let-in"]), in: directory, on: engine)
                .fail(with: 1, saying: "from the repository\n", "signed with SHA256:", "key let-in", "exit code 9")
            #expect(text.contains("for \"[") == true, "the step isn't named")
            try await Build(flags(["default=\(server.directory)/other"]), in: directory, on: engine)
                .fail(with: 1, saying: "Permission denied (publickey")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an agent is narrowed to the listed key, and only lists and signs`(kind: EngineKind) async throws {
        let look = """
            ARG KEY=\(uniqueImageName("look"))
            RUN --mount=type=ssh,id=one ssh-add -l; ssh-add -D; ssh-add -x </dev/null; ssh-add -l | wc -l; exit 9

            """
        try await withBuild(kind, { _ in look }) { server, directory, engine in
            try await withAgent(server, ["let-in", "other"]) { socket in
                let text = try await Build(
                    flags(["one=\(socket),\(server.directory)/other.pub"]),
                    in: directory,
                    on: engine
                ).fail(with: 1, saying: "key other", "exit code 9")
                #expect(!text.contains("key let-in"))
                // Nothing was removed from the agent of the user.
                let list = Command("/usr/bin/ssh-add", ["-l"], environment: ["SSH_AUTH_SOCK": socket])
                #expect(try await runSuccessfully(list).output.split(separator: "\n").count == 2)

                try TestContext.write(Self.base + clone(server, "--mount=type=ssh,id=one"), to: directory)
                try await Build(
                    flags(["one=\(socket),\(server.directory)/let-in.pub"]),
                    in: directory,
                    on: engine
                ).fail(with: 1, saying: "from the repository\n")
                try await Build(
                    flags(["one=\(socket),\(server.directory)/other.pub"]),
                    in: directory,
                    on: engine
                ).fail(with: 1, saying: "Permission denied (publickey")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an id that the build hasn't fails the step by its name`(kind: EngineKind) async throws {
        let step = "RUN --mount=type=ssh,id=nobody,required=true true\n"
        try await withBuild(kind, { _ in step }) { server, directory, engine in
            try await Build(flags(["default=\(server.directory)/let-in"]), in: directory, on: engine)
                .fail(with: 1, saying: "unset ssh forward key nobody")
            try await Build(flags([]), in: directory, on: engine).fail(
                with: 1,
                saying: "no SSH key \"nobody\" forwarded"
            )
        }
    }

    @Test func `an agent that isn't there stops the build before an engine is asked`() async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\n", to: directory)
            let away = ["--addr", "unix:///no/such.sock", "."]
            for (flag, word) in [("default", "SSH_AUTH_SOCK"), ("a=gone", "\"gone\"")] {
                let build = Build(["--ssh", flag] + away, in: directory, environment: ["SSH_AUTH_SOCK": ""])
                let error = try await build.fail(with: 2, saying: word)
                #expect(!error.contains("no/such.sock"))
            }
        }
    }

    @Test(.requires(.docker26)) func `the agent ends with a build that is interrupted or killed`() async throws {
        let step = "RUN --mount=type=ssh sleep 1007\n"
        for signal in [SIGINT, SIGKILL] {
            try await withBuild(.docker26, { _ in step }) { server, directory, engine in
                var command = Build(flags(["default=\(server.directory)/let-in"]), in: directory, on: engine).command
                command.environment["XDG_RUNTIME_DIR"] = server.directory
                let build = try RunningProcess.start(command)
                try await waitUntil(within: .seconds(60)) { engine.runs("sleep 1007") }
                let agent = "ssh-agent -D -a \(server.directory)/"
                #expect(Self.isRunning(agent))
                kill(build.processID, signal)
                _ = try await build.finish(within: .seconds(20))
                try await waitUntil(within: .seconds(5)) { !Self.isRunning(agent) }
            }
        }
    }

    /// Whether a process runs whose command line has these words.
    private static func isRunning(_ words: String) -> Bool {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
        return ids.contains { id in
            let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
            return String(decoding: data.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self).contains(words)
        }
    }

    /// Runs an agent with keys of the server's folder.
    private func withAgent(
        _ server: TestSSHServer,
        _ keys: [String],
        _ body: (String) async throws -> Void
    ) async throws {
        let socket = server.directory + "/agent"
        let agent = try RunningProcess.start(Command("/usr/bin/ssh-agent", ["-D", "-a", socket]))
        defer { kill(agent.processID, SIGTERM) }
        try await waitUntil(within: .seconds(10)) { FileManager.default.fileExists(atPath: socket) }
        let paths = keys.map { server.directory + "/" + $0 }
        try await runSuccessfully(Command("/usr/bin/ssh-add", paths, environment: ["SSH_AUTH_SOCK": socket]))
        try await body(socket)
    }
}
