import Foundation
import Testing

/// One `caisson batch` as it is typed in a folder, or the same of docker buildx.
struct Batch: Sendable {
    var command: Command

    /// A batch on an engine.
    init(
        _ arguments: [String],
        in directory: URL,
        on engine: TestEngine,
        input: CommandInput = .none,
        environment: [String: String] = [:]
    ) {
        command = .caisson(["batch"] + arguments, on: engine)
        command.directory = directory.path
        command.input = input
        command.environment.merge(environment) { $1 }
    }

    /// What `docker buildx bake` does of it.
    var ofBuildx: Command {
        var command = command
        command.executable = EngineKind.docker28.programs + "/docker-buildx"
        command.arguments[0] = "bake"
        command.environment["DOCKER_HOST"] = command.environment["CAISSON_HOST"]
        command.environment["DOCKER_CONFIG"] = TestPaths.scratch + "/docker"
        return command
    }

    /// Runs the batch to its end, however that is.
    func run(within limit: Duration = .seconds(120)) async throws -> ProcessResult {
        try await IntegrationTests.run(command, within: limit)
    }

    /// Runs the batch and throws, with what it printed, unless it succeeds.
    @discardableResult
    func succeed() async throws -> ProcessResult {
        try await runSuccessfully(command)
    }

    /// Writes a definition and what its targets are built from: `base.Dockerfile`, which makes busybox a shell.
    static func write(_ definition: String, to directory: URL, files: [String: String] = [:]) throws {
        try TestContext.write(
            "FROM base\nARG STEP=true\nRUN eval \"$STEP\"\n",
            to: directory,
            files: ["docker-bake.hcl": definition, "base.Dockerfile": TestContext.busyboxBase].merging(files) { $1 }
        )
    }

    /// A target that is built from `base` and does something there.
    static func target(_ name: String, _ step: String, more: String = "") -> String {
        """
        target "\(name)" {
          contexts = { base = "target:base" }
          args     = { STEP = "\(step)" }
          output   = ["type=cacheonly"]
          \(more)
        }

        """
    }

    /// What the other targets are built from.
    static let base = "target \"base\" {\n  dockerfile = \"base.Dockerfile\"\n}\n"
}

/// Runs the body with the address of a server of a folder's files.
func withFileServer(of directory: URL, _ body: (String) async throws -> Void) async throws {
    let words = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory.path]
    let process = try RunningProcess.start(Command("python3", words))
    defer { process.send(SIGKILL) }
    let said = try await process.awaitText("(http", within: .seconds(20))
    try await body("http" + (said.components(separatedBy: "(http").last?.prefix { $0 != ")" } ?? ""))
}
