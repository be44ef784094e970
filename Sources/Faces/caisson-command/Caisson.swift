import CaissonManuals
import ArgumentParser

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
        "builds": BuildsCommand.self,
        "completion": CompletionCommand.self, "config": ConfigCommand.self, "context": ContextCommand.self,
        "dial-stdio": DialStdioCommand.self, "image": ImageCommand.self, "lint": LintCommand.self,
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
