import Foundation
import Glibc
import Testing

/// The tests' machinery itself: if this fails, nothing else here means much.
@Suite struct SupportTests {
    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an engine starts and is of the expected version`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let version = try await engine.docker("version", "--format", "{{.Server.Version}}")
        #expect(version.hasPrefix(kind.versionPrefix))
        let driver = try await engine.docker("info", "--format", "{{.Driver}}")
        #expect(driver == (kind.features.contains(.containerdStore) ? "overlayfs\n" : "overlay2\n"))
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a killed engine leaves no process and no file`(kind: EngineKind) async throws {
        let directory = try await TestEngine.withOwn(kind) { engine in
            #expect(engine.processes().contains { $0.commandLine.hasPrefix("containerd ") })
            engine.killAbruptly()
            try await waitUntil { engine.processes().allSatisfy { !$0.commandLine.hasPrefix("containerd ") } }
            return engine.directory
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test(.requires(.docker26))
    func `an image goes through an engine into the registry and back`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try TestContext.write(TestContext.busyboxBase + "RUN echo hello >/greeting\n", to: directory)
                let name = registry.address + "/support:1"
                try await engine.docker("build", "-t", name, directory.path)
                try await engine.docker("push", name)
                try await engine.docker("rmi", name)
                #expect(try await engine.runContainer(name, "cat", "/greeting") == "hello\n")
                #expect(registry.log.contains("/v2/support/manifests/"))
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the fixture of several stages is sound`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            let name = "fixture-multistage"
            try await engine.docker(
                "build",
                "--target",
                "final",
                "--build-arg",
                "WHO=tester",
                "-t",
                name,
                directory.path
            )
            #expect(try await engine.runContainer(name) == "Good morning, tester, from here\n")
        }
    }

    @Test(.requires(.docker20))
    func `a protected registry asks for the password`() async throws {
        try await TestRegistry.with(protected: true) { registry in
            let engine = try await TestEngine.shared(.docker20)
            await #expect(throws: TestSupportError.self) {
                try await engine.docker("login", "-u", TestRegistry.user, "-p", "wrong", registry.address)
            }
            let login = try await engine.docker(
                "login",
                "-u",
                TestRegistry.user,
                "-p",
                TestRegistry.password,
                registry.address
            )
            #expect(login.contains("Login Succeeded"))
        }
    }

    @Test func `a command's input, output, status, times and memory are told`() async throws {
        let script = "tr a-z A-Z; echo oops >&2; sleep 0.2; exit 3"
        let result = try await run(Command("/bin/sh", ["-c", script], input: .data(Data("abc".utf8))))
        #expect(result.status == .exited(3))
        #expect(result.output == "ABC")
        #expect(result.errorOutput == "oops\n")
        #expect(result.wallTime >= .milliseconds(200) && result.wallTime < .seconds(5))
        #expect(result.peakResidentSize > 100_000 && result.peakResidentSize < 20_000_000)
    }

    @Test func `a command that takes too long is killed with its children`() async throws {
        let process = try RunningProcess.start(Command("/bin/sh", ["-c", "sleep 77 & echo $!; wait"]))
        let child = try await process.awaitText("\n").trimmingCharacters(in: .whitespacesAndNewlines)
        await #expect(throws: TestSupportError.self) { try await process.finish(within: .milliseconds(50)) }
        let childID = try #require(pid_t(child))
        try await waitUntil { kill(childID, 0) != 0 || Self.isZombie(childID) }
    }

    @Test func `a signal ends a command and is told`() async throws {
        let process = try RunningProcess.start(Command("/bin/sleep", ["100"]))
        process.send(SIGINT)
        #expect(try await process.finish(within: .seconds(5)).status == .signalled(SIGINT))
    }

    private static func isZombie(_ id: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        return status.contains(") Z ")
    }
}

/// Waits until a condition holds; throws when it doesn't within the limit.
func waitUntil(within limit: Duration = .seconds(10), _ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < deadline else { throw TestSupportError("a condition doesn't hold after \(limit)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
