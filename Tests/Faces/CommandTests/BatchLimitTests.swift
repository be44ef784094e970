import CaissonBuildModel
import CaissonConfiguration
import CaissonOrchestrator
import CaissonSystem
import Testing

@testable import caisson

/// How many builds of a batch run at a time, and what goes for all of them.
@Suite("Limits of a batch") struct BatchLimitTests {
    private static func configuration(_ text: String, _ variables: [String: String] = [:]) async throws -> Configuration
    {
        try await withTemporaryDirectory { directory in
            try write(text, to: directory + "/caisson.toml")
            var surroundings = ConfigurationSurroundings(
                variables: variables,
                home: "/home/someone",
                userID: 1000,
                workingDirectory: directory
            )
            surroundings.machine = MachineSize()
            return try Configuration(in: surroundings)
        }
    }

    private static func limits(
        _ words: [String],
        _ text: String = "",
        _ variables: [String: String] = [:]
    ) async throws -> SchedulerLimits {
        let command = try Caisson.command(for: try CommandWords.normalised(["batch"] + words))
        return try #require(command as? BatchCommand).running.limits(try await configuration(text, variables))
    }

    @Test func `without settings there are none, as with docker buildx bake`() async throws {
        #expect(try await Self.limits([]) == .none)
    }

    @Test func `a flag goes before the environment, and that before the file`() async throws {
        let text = "[build_engine]\nmax_concurrent_builds = 8\n"
        let variables = ["BUILD_ENGINE_MAX_CONCURRENT": "3"]
        #expect(try await Self.limits([], text).maxConcurrentBuilds == 8)
        #expect(try await Self.limits([], text, variables).maxConcurrentBuilds == 3)
        #expect(try await Self.limits(["--jobs", "2"], text, variables).maxConcurrentBuilds == 2)
    }

    @Test func `all that is set goes for the builds`() async throws {
        let text = """
            [build_engine]
            build_timeout = "90m"
            step_timeout = "5m"
            [build_engine.queue]
            max_size = 7
            priority_levels = 5
            retry_attempts = 2
            retry_delay = "1s"
            [build_engine.resources]
            total_cpu_cores = 2
            total_memory_mb = 3
            total_disk_mb = 4
            """
        let limits = try await Self.limits([], text)
        #expect(limits.buildTimeout == .seconds(5400) && limits.stepTimeout == .seconds(300))
        #expect(limits.queueSize == 7 && limits.priorityLevels == 5)
        #expect(limits.retry == RetryPolicy(attempts: 3, delay: .seconds(1)))
        #expect(limits.pool.milliprocessors == 2000 && limits.pool.memory == 3 << 20 && limits.pool.disk == 4 << 20)
        #expect(limits.maxConcurrentBuilds == nil)
    }

    @Test(arguments: ["0", "-1", "x", "1.5", "99999999999999999999"])
    func `what is no number of jobs is refused`(text: String) async {
        await #expect(throws: BuildError.self) { try await Self.limits(["--jobs=\(text)"]) }
    }

    @Test func `a machine without network has builds without`() async throws {
        var request = BuildRequest(context: .empty)
        request.network = .host
        try await Self.configuration("").restrict(&request)
        #expect(request.network == .host)
        try await Self.configuration("", ["BUILD_ENGINE_NETWORK_ENABLED": "false"]).restrict(&request)
        #expect(request.network == NetworkMode.none)
    }
}
