import CaissonManuals
import ArgumentParser

/// `caisson builder …`: the engines that builds can run on.
struct BuilderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builder",
        _superCommandName: "caisson",
        abstract: "Lists, names, inspects and stops engines.",
        discussion: Manual.text(of: "builder"),
        subcommands: [
            List.self, Inspect.self, Create.self, Use.self, Remove.self, Stop.self, Supervise.self,
        ]
    )

    /// The command `caisson builder ls`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls",
            abstract: "Lists the engines found, in the order in which a build would take them.",
            discussion: Manual.text(of: "builder ls")
        )

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "How to print: table, json, or a Go template over .Name, .DriverEndpoint, .Status, .Kind, .Origin and .Current.",
                valueName: "format"
            )
        )
        var format = "table"

        /// Docker's; nothing is cut short.
        @Flag(help: .hidden)
        var noTrunc = false

        func validate() throws {
            if !["table", "json"].contains(format), !format.contains("{{") {
                throw ValidationError("--format takes table, json or a Go template, not '\(format)'")
            }
        }
    }

    /// The command `caisson builder inspect`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Shows an engine: its address, version, workers and platforms.",
            discussion: Manual.text(of: "builder inspect")
        )

        @Argument(help: "The engine's name or address; the one a build would take without.")
        var name: String?

        @Option(help: "How to print: table or json.")
        var format = ListFormat.table

        @Flag(help: "Reach the engine first, and start it where it is the private one or a builder's container.")
        var bootstrap = false
    }

    /// The command `caisson builder stop`.
    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop",
            abstract: "Stops the private engine, or a builder's containers; what they have built and cached stays.",
            discussion: Manual.text(of: "builder stop")
        )

        @Argument(
            help: "The builder's name, or private; without, the builder in use where it has containers, else private."
        )
        var name: String?
    }

    /// `caisson builder supervise`, which the private engine's start runs in the background.
    struct Supervise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "supervise",
            abstract: "Runs the private engine until it is idle.",
            shouldDisplay: false
        )

        @Option(parsing: .unconditional, help: ArgumentHelp("The engine's state directory.", valueName: "directory"))
        var state: String
    }
}
