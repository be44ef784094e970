import CaissonManuals
import ArgumentParser

/// The whole command line: `caisson VERB …`.
struct Caisson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caisson",
        abstract: "Builds container images on a real BuildKit.",
        discussion: Manual.text(of: ""),
        version: "caisson \(Version.number)",
        subcommands: [
            BatchCommand.self, BuildCommand.self, BuilderCommand.self, CompletionCommand.self, ContextCommand.self,
            DialStdioCommand.self, ImageCommand.self, LintCommand.self, PluginsCommand.self, VersionCommand.self,
        ]
    )

    /// The names of the commands.
    static let verbs = configuration.subcommands.compactMap { $0.configuration.commandName }

    /// A command by its name.
    static func subcommand(called name: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { $0.configuration.commandName == name }
    }
}

extension Caisson {
    /// Parses a whole command line.
    ///
    /// A verb's own parser is asked at once: going through the root costs every build a third of its client's work, as
    /// ArgumentParser builds and tries the root's arguments and those of two completion commands first. What is no verb (a
    /// flag, `help`, a typing error) is the root's. So is a verb alone: what a verb's own parser misses when it is given
    /// no words at all is an error with the whole help in it, laid out for whatever width the environment names.
    static func command(for words: [String]) throws -> any ParsableCommand {
        guard words.count > 1, let verb = subcommand(called: words[0]) else { return try parseAsRoot(words) }
        guard verb == LintCommand.self else { return try verb.parseAsRoot(Array(words.dropFirst())) }
        let folded = FoldedOperands(words.dropFirst())
        let command = try verb.parseAsRoot(folded.words)
        guard var lint = command as? LintCommand else { return command }
        lint.files = folded.unfolded(lint.files)
        return lint
    }
}
