import Foundation
import Glibc
import Testing

/// The engine that we start ourselves, with its state on the scratch space and no other engine in sight.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct PrivateEngineTests {
    private static let kind = EngineKind.docker26

    /// A state directory whose engine is stopped in the end, and how commands are told of it.
    private struct Home {
        var directory: URL
        var environment: [String: String]

        func run(_ arguments: [String]) async throws -> ProcessResult {
            var command = Command.caisson(arguments)
            command.environment.merge(environment) { $1 }
            return try await IntegrationTests.run(command)
        }

        func build(_ arguments: [String]) -> Build {
            Build(["--builder", "private"] + arguments, in: directory, environment: environment)
        }

        /// What `builder inspect` says.
        func inspect() async throws -> [String: Any] {
            let result = try await run(["builder", "inspect", "private", "--format", "json"])
            guard result.succeeded else { throw TestSupportError(result.errorOutput) }
            return try #require(try JSONSerialization.jsonObject(with: result.standardOutput) as? [String: Any])
        }
    }

    private func withHome(idle: String = "never", _ body: (Home) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "ARG WHO\nRUN echo \"built for $WHO\"\n", to: directory)
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let home = Home(
                directory: directory,
                environment: [
                    "CAISSON_HOME": directory.appending(path: "state").path, "CAISSON_ENGINE_IDLE": idle,
                    "CAISSON_ENGINE": "dockerd", "PATH": Self.kind.programs + ":/usr/sbin:/sbin:" + path,
                ]
            )
            do {
                try await body(home)
            } catch {
                _ = try? await home.run(["builder", "stop"])
                throw error
            }
            _ = try await home.run(["builder", "stop"])
            try expectNothingRuns(in: directory)
        }
    }

    /// No process has the state directory in its command line.
    private func expectNothingRuns(
        in directory: URL,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = Self.commandLines().filter { $0.contains(directory.path) && !$0.contains("caisson build") }
        #expect(found.isEmpty, sourceLocation: sourceLocation)
    }

    private static func commandLines() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { $0.allSatisfy(\.isNumber) }.map { name in
            let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
    }

    private static func engines(in home: Home) -> Int {
        commandLines().filter { $0.contains("dockerd --config-file") && $0.contains(home.directory.path) }.count
    }

    @Test(.requires(kind))
    func `eight builds at once start one engine, which is listed and stopped`() async throws {
        try await withHome { home in
            try await withThrowingTaskGroup(of: ProcessResult.self) { group in
                for number in 1...8 {
                    let build = home.build(["--progress", "plain", "--build-arg", "WHO=number-\(number)", "."])
                    group.addTask { try await build.run() }
                }
                for try await result in group { #expect(result.succeeded, "\(result.errorOutput)") }
            }
            #expect(Self.engines(in: home) == 1)
            let info = try await home.inspect()
            #expect(info["name"] as? String == "private")
            #expect(info["kind"] as? String == "dockerd")
            #expect(["running", "idle"].contains(info["status"] as? String))
            let list = try await home.run(["builder", "ls", "--format", "json"])
            let builders = try JSONSerialization.jsonObject(with: list.standardOutput) as? [[String: Any]]
            #expect(builders?.last?["endpoint"] as? String == info["endpoint"] as? String)
            let stopped = try await home.run(["builder", "stop"])
            #expect(stopped.succeeded && stopped.output == "stopped private\n")
            #expect(Self.engines(in: home) == 0)
            #expect(try await home.inspect()["status"] as? String == "stopped")
        }
    }

    @Test(.requires(kind))
    func `an idle engine ends by itself and its cache stays`() async throws {
        try await withHome(idle: "2s") { home in
            try await home.build(["--progress", "plain", "."]).succeed()
            #expect(Self.engines(in: home) == 1)
            try await waitUntil(within: .seconds(20)) { Self.engines(in: home) == 0 }
            try await waitUntil(within: .seconds(5)) { try noSupervisor(home) }
            let again = try await home.build(["--progress", "plain", "."]).succeed()
            #expect(again.errorOutput.contains("CACHED"))
        }
    }

    private func noSupervisor(_ home: Home) throws -> Bool {
        !Self.commandLines().contains { $0.contains("builder supervise") && $0.contains(home.directory.path) }
    }

    @Test(.requires(kind))
    func `an engine that was killed is started again`() async throws {
        try await withHome { home in
            try await home.build(["-q", "."]).succeed()
            let first = try #require(try await home.inspect()["pid"] as? Int)
            kill(pid_t(first), SIGKILL)
            let again = try await home.build(["--progress", "plain", "--no-cache", "."]).succeed()
            #expect(again.errorOutput.contains("built for"))
            let second = try #require(try await home.inspect()["pid"] as? Int)
            #expect(first != second)
            #expect(Self.engines(in: home) == 1)
        }
    }

    @Test(.requires(kind))
    func `steps reach the network`() async throws {
        try await withHome { home in
            // Without a name server: the address of the host's side is enough to see that there is a way out.
            let server = try RunningProcess.start(
                Command(
                    "python3",
                    ["-u", "-m", "http.server", "--bind", "0.0.0.0", "0", "--directory", "/dev/null/.."]
                )
            )
            defer { server.send(SIGKILL) }
            let said = try await server.awaitText("(http://")
            let port = said.components(separatedBy: "0.0.0.0:").last?.prefix(while: \.isNumber) ?? ""
            let addresses = try await runSuccessfully(Command("hostname", ["-I"])).output.split(separator: " ")
            let own = try #require(addresses.first { !$0.contains(":") && !$0.hasPrefix("10.231.") })
            let steps = "RUN wget -q -O /dev/null http://\(own):\(port)/ ; echo \"ended with $?\"; ip route\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: home.directory)
            let result = try await home.build(["--progress", "plain", "."]).succeed()
            let reached = server.errorOutputSoFar
            #expect(String(decoding: reached, as: UTF8.self).contains("GET / "), "\(result.errorOutput)")
        }
    }
}
