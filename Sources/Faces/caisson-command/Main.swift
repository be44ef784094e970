import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonManuals
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

/// Where the program begins and the only place that decides its exit status.
@main
enum Main {
    static func main() async {
        StandardDescriptors.reserve()
        // A reader of our output that goes away is an error of a write, not a death without clean-up.
        signal(SIGPIPE, SIG_IGN)
        let plugin = DockerPluginWords(ProcessArguments.read(), program: ProcessArguments.program)
        plugin.setVariables()
        for warning in plugin.warnings {
            BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
        }
        let ending = await ending(of: plugin.words)
        BorrowedDescriptor.standardOutput.writeIgnoringErrors(ending.output)
        BorrowedDescriptor.standardError.writeIgnoringErrors(ending.complaint)
        exit(ending.status)
    }

    /// Runs the command line to its end and says what is left to be printed, and the exit status.
    static func ending(of arguments: [String]) async -> ExitReport {
        if arguments.first == DockerPluginWords.question { return ExitReport(output: DockerPluginWords.metadata) }
        if arguments.first == CompletionAnswer.verb {
            let words = Array(arguments.dropFirst())
            return ExitReport(output: CompletionAnswer.text(words, environment: ProcessInfo.processInfo.environment))
        }
        do {
            let peer = try PeerWords(arguments)
            for warning in peer.warnings {
                BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
            }
            let words = try CommandWords.normalised(peer.words)
            // Beside the reading of the flags, which takes as long.
            async let warming: Void = ["build", "batch"].contains(words.first) ? EngineConnections.warm() : ()
            var command = try Caisson.command(for: words)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            await warming
            return ExitReport()
        } catch {
            return .of(error, arguments: arguments)
        }
    }
}

/// The words of the command line.
enum ProcessArguments {
    /// What the program was called as.
    static var program: String { CommandLine.argc > 0 ? CommandLine.unsafeArgv[0].map { String(cPath: $0) } ?? "" : "" }

    /// The words after the program's name, as paths: one that isn't UTF-8 still names its file.
    static func read() -> [String] {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
            CommandLine.unsafeArgv[index].map { String(cPath: $0) }
        }
    }
}

/// The whole command line: `caisson VERB …`.
struct Caisson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caisson",
        abstract: "Builds container images on a real BuildKit.",
        discussion: Manual.text(of: ""),
        version: "caisson \(Version.number)",
        subcommands: commands.map(\.value)
    )

    /// The commands by their names: to ask each for its own would make the manuals of all of them at every start.
    static let commands: KeyValuePairs<String, any ParsableCommand.Type> = [
        "batch": BatchCommand.self, "build": BuildCommand.self, "builder": BuilderCommand.self,
        "builds": BuildsCommand.self, "cache": CacheCommand.self,
        "completion": CompletionCommand.self, "config": ConfigCommand.self, "context": ContextCommand.self,
        "dial-stdio": DialStdioCommand.self, "image": ImageCommand.self, "kernel": KernelCommand.self,
        "lint": LintCommand.self,
        "plugins": PluginsCommand.self, "task": TaskCommand.self, "version": VersionCommand.self,
    ]

    /// The names of the commands.
    static var verbs: [String] { commands.map(\.key) }

    /// A command by its name.
    static func subcommand(called name: String) -> (any ParsableCommand.Type)? {
        commands.first { $0.key == name }?.value
    }
}

extension Caisson {
    /// Parses a whole command line.
    ///
    /// A verb's own parser is asked at once: going through the root costs every build a third of its client's work, as
    /// ArgumentParser builds and tries the root's arguments and those of two completion commands first. What is no verb (a
    /// flag, `help`, a typing error) is the root's.
    static func command(for words: [String]) throws -> any ParsableCommand {
        guard let verb = words.first.flatMap(subcommand) else { return try parseAsRoot(words) }
        // What a verb's own parser says where all words are missing has the whole help in it; the root says what is missing.
        if words.count == 1 { return try (try? verb.parseAsRoot([])) ?? parseAsRoot(words) }
        guard verb == LintCommand.self else { return try verb.parseAsRoot(Array(words.dropFirst())) }
        let folded = FoldedOperands(words.dropFirst())
        let command = try verb.parseAsRoot(folded.words)
        guard var lint = command as? LintCommand else { return command }
        lint.files = folded.unfolded(lint.files)
        return lint
    }
}
