import Foundation
import Glibc

/// A real engine that runs for the tests, with its socket, data and log in the scratch space.
///
/// `Scripts/start-engine` supervises it and ends it when its standard input ends: at `stop()`, or with the test process,
/// however that ends.
struct TestEngine: Sendable {
    let kind: EngineKind
    let directory: String
    private let supervisor: RunningProcess

    /// The Unix socket on which the engine answers.
    var socketPath: String { directory + "/docker.sock" }
    /// The socket as an address for `--addr`.
    var address: String { "unix://" + socketPath }

    /// The engine that all tests of this process share; started by the first who asks.
    static func shared(_ kind: EngineKind) async throws -> TestEngine {
        try await SharedEngines.instance.engine(kind)
    }

    /// Starts an engine for one test alone, such as one that kills it.
    static func withOwn<Result>(_ kind: EngineKind, _ body: (TestEngine) async throws -> Result) async throws -> Result
    {
        let engine = try await start(kind)
        do {
            let result = try await body(engine)
            try await engine.stop()
            return result
        } catch {
            try? await engine.stop()
            throw error
        }
    }

    static func start(_ kind: EngineKind) async throws -> TestEngine {
        if let reason = kind.reasonNotToRun { throw TestSupportError(reason) }
        let directory = TestPaths.uniquePath("docker" + kind.rawValue)
        var command = Command(
            TestPaths.repository + "/Scripts/start-engine",
            ["--temporary", kind.rawValue, directory],
            input: .held
        )
        command.environment["CAISSON_TEST_CACHE"] = TestPaths.cache
        let supervisor = try RunningProcess.start(command)
        let engine = TestEngine(kind: kind, directory: directory, supervisor: supervisor)
        _ = try await supervisor.awaitText("docker.sock\n", within: .seconds(70))
        try engine.ping()
        return engine
    }

    /// Ends the engine and everything in it.
    func stop() async throws {
        supervisor.closeInput()
        _ = try await supervisor.finish(within: .seconds(20))
    }

    /// Removes the layers that builds of all tests have made; cache mounts stay, as tests beside this one count in them.
    func pruneLayers() async throws {
        // No test counts in mounts of 20.10.
        let filter = kind == .docker20 ? "" : "&filters=%7B%22type%22%3A%5B%22regular%22%5D%7D"
        let address = "http://engine/build/prune?all=true" + filter
        try await runSuccessfully(Command("curl", ["-sSf", "-XPOST", "--unix-socket", socketPath, address]))
    }

    /// Kills the engine as the kernel would when memory runs out.
    func killAbruptly() {
        for process in processes() where process.commandLine.hasPrefix("dockerd ") { kill(process.id, SIGKILL) }
    }

    /// Runs the engine's own `docker` against it and returns what it printed; throws when it fails.
    @discardableResult
    func docker(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> String {
        // The client of 20.10 has BuildKit's built in, the newer ones want a plugin for it.
        let client = arguments.first == "build" ? EngineKind.docker20 : kind
        let command = Command(
            client.programs + "/docker",
            ["-H", address] + arguments,
            environment: ["DOCKER_BUILDKIT": "1"]
        )
        return try await runSuccessfully(command, within: limit).output
    }

    /// Runs a container of an image to its end, without a network, and returns what it printed.
    func runContainer(_ image: String, _ arguments: String..., platform: String? = nil) async throws -> String {
        // dockerd gives what copies a container's output two seconds after its end, and drops the rest: on a machine that is
        // busy enough a container has said nothing. What is said both ways is compared, and where that is nothing, asked again.
        for _ in 1...3 {
            let output = try await runOnce(image, arguments, platform: platform)
            if !output.isEmpty { return output }
        }
        return ""
    }

    private func runOnce(_ image: String, _ arguments: [String], platform: String?) async throws -> String {
        let options = ["--network", "none"] + (platform.map { ["--platform", $0] } ?? [])
        let create = ["-H", address, "create"] + options + [image] + arguments
        let made = try await runSuccessfully(Command(kind.programs + "/docker", create)).output
        let id = made.trimmingCharacters(in: .whitespacesAndNewlines)
        let shown = try await docker("start", "--attach", id)
        let logged = try await docker("logs", "--follow", id)
        try await docker("rm", "--force", id)
        return logged.utf8.count < shown.utf8.count ? shown : logged
    }

    /// The processes of the engine and of all that runs in it, as the host sees them.
    func processes() -> [(id: pid_t, commandLine: String)] {
        let all = Self.processTable()
        var found: Set<pid_t> = [supervisor.processID]
        var size = 0
        while size != found.count {
            size = found.count
            for (id, parent) in all where found.contains(parent) { found.insert(id) }
        }
        return found.sorted().map { ($0, Self.commandLine($0)) }
    }

    /// The engine's log, for a failing test's message.
    var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    private func ping() throws {
        let answer = try httpGet("/_ping", socketPath: socketPath)
        guard answer.hasPrefix("HTTP/1.1 200"), answer.hasSuffix("OK") else {
            throw TestSupportError("\(kind.testDescription) answers /_ping with: \(answer)")
        }
    }

    private static func processTable() -> [(id: pid_t, parent: pid_t)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            // The second field, the name in parentheses, may hold anything: what counts follows the last parenthesis.
            guard let id = pid_t(name), let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[end...].split(separator: " ")
            return fields.count > 2 ? pid_t(fields[2]).map { (id, $0) } : nil
        }
    }

    private static func commandLine(_ id: pid_t) -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

/// Starts each kind of engine once per process.
private actor SharedEngines {
    static let instance = SharedEngines()
    private var starts: [EngineKind: Task<TestEngine, any Error>] = [:]

    func engine(_ kind: EngineKind) async throws -> TestEngine {
        let start = starts[kind] ?? Task { try await TestEngine.start(kind) }
        starts[kind] = start
        return try await start.value
    }
}
