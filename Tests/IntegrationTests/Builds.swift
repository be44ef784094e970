import Foundation
import Testing

/// One `caisson build` as it is typed in a folder.
struct Build: Sendable {
    var command: Command

    /// A build; without an engine the arguments or the environment have to name one.
    init(
        _ arguments: [String],
        in directory: URL,
        on engine: TestEngine? = nil,
        input: CommandInput = .none,
        environment: [String: String] = [:]
    ) {
        command = .caisson(["build"] + arguments, on: engine)
        command.directory = directory.path
        command.input = input
        command.environment.merge(environment) { $1 }
    }

    /// Runs the build to its end, however that is.
    func run(within limit: Duration = .seconds(120)) async throws -> ProcessResult {
        try await IntegrationTests.run(command, within: limit)
    }

    /// Runs the build and throws, with what it printed, unless it succeeds.
    @discardableResult
    func succeed(within limit: Duration = .seconds(120)) async throws -> ProcessResult {
        try await runSuccessfully(command, within: limit)
    }

    /// Runs a build that has to fail with an exit status and say certain words; returns what it said.
    @discardableResult
    func fail(
        with status: Int32,
        saying words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let result = try await run()
        #expect(result.status == .exited(status), "\(result.errorOutput)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errorOutput.contains(word), "not said: \(word)", sourceLocation: sourceLocation)
        }
        return result.errorOutput
    }
}

/// A name that no other test gives an image.
func uniqueImageName(_ subject: String) -> String {
    "test-" + (TestPaths.uniquePath(subject) as NSString).lastPathComponent.lowercased()
}

/// Programs in Fixtures/integration/tools.
enum Tools {
    /// Lists what a folder or a tar holds; see `listing.py`.
    static func listing(of path: String) async throws -> [String] {
        try await listing(Command("python3", [tool("listing.py"), path]))
    }

    /// Lists what a tar holds that somebody printed.
    static func listing(of tar: Data) async throws -> [String] {
        try await listing(Command("python3", [tool("listing.py"), "-"], input: .data(tar)))
    }

    /// The path of a tool.
    static func tool(_ name: String) -> String { TestPaths.repository + "/Fixtures/integration/tools/" + name }

    private static func listing(_ command: Command) async throws -> [String] {
        try await runSuccessfully(command).output.split(separator: "\n").map(String.init)
    }
}

/// The lines of `--progress rawjson` as far as tests read them.
struct ProgressLine: Decodable {
    struct Counter: Decodable {
        var id: String
        var current: Int64
    }

    struct Step: Decodable {
        var name: String
        var cached: Bool?
    }

    var statuses: [Counter]?
    var vertexes: [Step]?

    /// Reads what a build printed on its standard error.
    static func all(of output: Data) -> [ProgressLine] {
        output.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONDecoder().decode(Self.self, from: $0) }
    }
}
