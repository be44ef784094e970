import CaissonManuals
import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonPrivateEngine
import CaissonSystem
import FoundationEssentials

/// The command `caisson dial-stdio`.
struct DialStdioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial-stdio",
        _superCommandName: "caisson",
        abstract: "Connects standard input and output to BuildKit's API of a builder.",
        discussion: Manual.text(of: "dial-stdio")
    )

    @OptionGroup var named: NamedEngine

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Connects to the node of a builder that would build for it; DOCKER_DEFAULT_PLATFORM without.",
            valueName: "platform"
        )
    )
    var platform: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What is told on standard error while connecting: none, or with auto, plain, tty or rawjson what is started.",
            valueName: "mode"
        )
    )
    var progress = "none"

    func validate() throws {
        guard ["none", "quiet", "auto", "plain", "tty", "rawjson"].contains(progress) else {
            throw ValidationError("--progress takes none, auto, plain, tty or rawjson, not '\(progress)'")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let platform = try self.platform(environment)
        let isTold = !["none", "quiet"].contains(progress)
        var options = EngineOptions(environment: environment, home: environment["HOME"] ?? "/")
        options.supervisor = .ownExecutable
        let (selection, surroundings) = (named.selection, options)
        try await withInterrupts(restoreTerminal: {}) {
            try await withBuilder(
                selection,
                options: surroundings,
                notice: { if isTold { Self.tell($0) } },
                { try await $0.carry(from: .standardInput, to: .standardOutput, platform: platform) }
            )
        }
    }

    private func platform(_ environment: [String: String]) throws(BuildError) -> Platform? {
        guard let text = platform ?? environment["DOCKER_DEFAULT_PLATFORM"], !text.isEmpty else { return nil }
        return try FlagValue.of("--platform") { () throws(ParseError) in try Platform(parsing: text) }
    }

    private static func tell(_ notice: FieldMessage) {
        BorrowedDescriptor.standardError.writeIgnoringErrors(notice.text(\.flag) + "\n")
    }
}
