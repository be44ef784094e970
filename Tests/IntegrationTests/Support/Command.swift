import Foundation

/// What a program reads on its standard input.
enum CommandInput: Sendable {
    /// Nothing: `/dev/null`.
    case none
    /// These bytes through a pipe.
    case data(Data)
    /// A file as it is.
    case file(String)
    /// A pipe that stays open until `RunningProcess.closeInput()` or the end of the test process.
    case held
}

/// A program to run with its arguments and surroundings.
struct Command: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var directory: String?
    var input: CommandInput

    /// A command in the tests' environment: nothing of the caller's engines, state or credentials.
    init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: CommandInput = .none
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = Self.neutralEnvironment.merging(environment) { $1 }
        self.input = input
    }

    /// The program under test, talking to an engine if one is given.
    static func caisson(_ arguments: [String], on engine: TestEngine? = nil) -> Command {
        var command = Command(TestPaths.caisson, arguments)
        if let engine { command.environment["CAISSON_HOST"] = "unix://" + engine.socketPath }
        return command
    }

    private static let neutralEnvironment: [String: String] = {
        let unwanted = ["DOCKER_", "BUILDKIT_", "BUILDX_", "CAISSON_", "XDG_"]
        var environment = ProcessInfo.processInfo.environment.filter { entry in
            !unwanted.contains { entry.key.hasPrefix($0) }
        }
        // Most tests are of images alone; those of statements ask for them.
        environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"
        environment["HOME"] = TestPaths.scratch + "/home"
        environment["CAISSON_HOME"] = TestPaths.scratch + "/state"
        return environment
    }()
}

/// How a program ended.
enum ProcessStatus: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
}

/// What is known of a program that has ended.
struct ProcessResult: Sendable {
    var status: ProcessStatus
    var standardOutput: Data
    var standardError: Data
    var wallTime: Duration
    /// User and system time of the process and of its children that it waited for.
    var cpuTime: Duration
    /// The largest resident size that was seen, in bytes.
    var peakResidentSize: Int

    /// Whether the program exited with status 0.
    var succeeded: Bool { status == .exited(0) }
    /// The standard output as text.
    var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// The standard error as text.
    var errorOutput: String { String(decoding: standardError, as: UTF8.self) }
}

/// Runs a command to its end; it is killed and an error thrown when it takes longer than the limit.
func run(_ command: Command, within limit: Duration = .seconds(120)) async throws -> ProcessResult {
    try await RunningProcess.start(command).finish(within: limit)
}

/// Runs a command to its end and throws, with what it printed, unless it exits with status 0.
@discardableResult
func runSuccessfully(_ command: Command, within limit: Duration = .seconds(120)) async throws -> ProcessResult {
    let result = try await run(command, within: limit)
    guard result.succeeded else {
        let command = ([command.executable] + command.arguments).joined(separator: " ")
        throw TestSupportError("\(command): \(result.status)\n\(result.output)\n\(result.errorOutput)")
    }
    return result
}

/// Runs the program under test.
func runCaisson(
    _ arguments: [String],
    on engine: TestEngine? = nil,
    input: CommandInput = .none,
    environment: [String: String] = [:],
    within limit: Duration = .seconds(120)
) async throws -> ProcessResult {
    var command = Command.caisson(arguments, on: engine)
    command.input = input
    command.environment.merge(environment) { $1 }
    return try await run(command, within: limit)
}
