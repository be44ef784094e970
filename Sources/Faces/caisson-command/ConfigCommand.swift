import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonDockerfileLint
import CaissonJSON
import CaissonManuals
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

/// `caisson config …`: what `caisson.toml` and the environment say.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        _superCommandName: "caisson",
        abstract: "Shows and checks the configuration.",
        discussion: Manual.text(of: "config"),
        subcommands: [Show.self, Check.self]
    )

    /// The command `caisson config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows each setting with its value and where that comes from.",
            discussion: Manual.text(of: "config show")
        )

        @Option(help: "How to print: table or json.")
        var format = ListFormat.table

        func run() throws {
            let configuration = try Configuration.ofThisProcess()
            let text = format == .json ? configuration.json : configuration.table
            try BorrowedDescriptor.standardOutput.writeResult(text)
        }
    }

    /// The command `caisson config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Tells all that is wrong with the configuration.",
            discussion: Manual.text(of: "config check")
        )

        @Argument(help: "The file to check; the one that counts here, and the environment's variables, without.")
        var file: String?

        func run() throws {
            let surroundings = ConfigurationSurroundings.ofThisProcess
            let found = try ConfigCommand.reporting { () throws(ConfigurationError) -> ConfigurationFile? in
                guard let file else { return try ConfigurationFile.find(in: surroundings) }
                return try ConfigurationFile.named(file, in: surroundings)
            }
            try ConfigCommand.check(found, in: surroundings, heedsVariables: file == nil)
            let paths = ConfigurationFile.paths(in: surroundings).joined(separator: ", ")
            let text = found.map { "\($0.path): nothing is wrong" } ?? "nothing is wrong; there is no \(paths)"
            try BorrowedDescriptor.standardOutput.writeResult(SafeText.line(text) + "\n")
        }
    }
}

extension ConfigCommand {
    /// Holds that a file is right: its settings, and what the linter reads of it.
    private static func check(
        _ file: ConfigurationFile?,
        in surroundings: ConfigurationSurroundings,
        heedsVariables: Bool
    ) throws {
        var messages: [String] = []
        var isOfSyntax = false
        do throws(ConfigurationError) {
            _ = try Configuration(file, in: surroundings, heedsVariables: heedsVariables)
        } catch {
            messages = error.problems.map(\.description)
            isOfSyntax = error.isOfSyntax
        }
        // The linter says the same of a file that is no TOML.
        if let file, !isOfSyntax {
            var lint = LintConfiguration()
            do throws(LintError) {
                try lint.apply(toml: String(decoding: file.bytes, as: UTF8.self), name: file.path)
            } catch {
                messages.append(error.message)
            }
        }
        if !messages.isEmpty { throw report(messages) }
    }

    /// Makes of everything that is wrong one report.
    static func reporting<Result>(_ body: () throws(ConfigurationError) -> Result) throws -> Result {
        do throws(ConfigurationError) {
            return try body()
        } catch {
            throw report(error.problems.map(\.description))
        }
    }

    private static func report(_ messages: [String]) -> ReportedError {
        let errors = messages.map { BuildError(.usage, $0) }
        let report = errors.map { ErrorText.of($0) }.joined()
        return ReportedError(error: errors.first ?? BuildError(.usage, ""), report: report)
    }
}

extension ConfigurationSurroundings {
    /// Those of this process.
    static var ofThisProcess: ConfigurationSurroundings {
        let variables = ProcessInfo.processInfo.environment
        let working = getcwd(nil, 0)
        defer { free(working) }
        var surroundings = ConfigurationSurroundings(
            variables: variables,
            home: variables["HOME"] ?? "/",
            userID: geteuid(),
            workingDirectory: working.map { String(cPath: $0) } ?? "."
        )
        surroundings.isInWorkingDirectory = true
        return surroundings
    }
}

extension Configuration {
    /// What `caisson.toml` and the environment say.
    ///
    /// - Throws: `ReportedError` with all that is wrong.
    static func ofThisProcess() throws -> Configuration {
        try ConfigCommand.reporting { () throws(ConfigurationError) in
            try Configuration(in: .ofThisProcess)
        }
    }

    /// Takes from a build what the configuration doesn't allow: the network.
    func restrict(_ request: inout BuildRequest) {
        if !buildEngine.resources.isNetworkEnabled { request.network = NetworkMode.none }
    }

    /// The settings for people: key, value and origin in columns.
    var table: String {
        let rows = settings.map { setting in
            [setting.key.fullName, setting.value == .unset ? "-" : "\(setting.value)", "\(setting.origin)"]
        }
        return TextColumns.aligned([["KEY", "VALUE", "FROM"]] + rows)
    }

    /// The settings for programs.
    var json: String {
        let settings = settings.map { setting in
            JSON.object(
                [
                    JSONMember("key", .string(setting.key.fullName)), JSONMember("value", setting.value.json),
                ] + setting.origin.members
            )
        }
        let whole = JSON.object([
            JSONMember("file", file.map { .string($0) } ?? .null), JSONMember("settings", .array(settings)),
        ])
        return whole.goText() + "\n"
    }
}

extension Setting.Value {
    fileprivate var json: JSON {
        switch self {
        case .unset: .null
        case .flag(let isTrue): .bool(isTrue)
        case .whole(let number): .number("\(number)")
        case .text(let text): .string(text)
        }
    }
}

extension Setting.Origin {
    /// What JSON says of it: `from`, and what belongs to that.
    fileprivate var members: [JSONMember] {
        switch self {
        case .standard: [JSONMember("from", .string("default"))]
        case .file(let path, let place):
            [
                JSONMember("from", .string("file")), JSONMember("file", .string(path)),
                JSONMember("line", .number("\(place.line)")), JSONMember("column", .number("\(place.column)")),
            ]
        case .variable(let name):
            [JSONMember("from", .string("variable")), JSONMember("variable", .string(name))]
        }
    }
}
