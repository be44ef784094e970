import ArgumentParser

/// The whole command line: `caisson VERB …`.
struct Caisson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caisson",
        abstract: "Builds container images on a real BuildKit.",
        discussion: "Exit status: 0 success, 1 the work failed, 2 wrong usage or input, 130 interrupted.",
        version: "caisson \(Version.number)",
        subcommands: [BuildCommand.self, BuilderCommand.self, VersionCommand.self]
    )

    /// The names of the commands.
    static let verbs = configuration.subcommands.compactMap { $0.configuration.commandName }
}
