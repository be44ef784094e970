import CaissonManuals
import CaissonText
import CaissonArchive
import ArgumentParser
import CaissonBuildModel

/// `caisson context …`: what of a directory leaves this machine.
struct ContextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        _superCommandName: "caisson",
        abstract: "Shows, measures and packs what a build sends of a directory; needs no engine.",
        discussion: Manual.text(of: "context"),
        subcommands: [List.self, Size.self, Explain.self, Export.self]
    )

    /// The command `caisson context ls`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls",
            abstract: "Lists what would be sent: kind, size in bytes and path.",
            discussion: Manual.text(of: "context ls")
        )

        @OptionGroup var source: ContextOptions

        @Option(help: "How to print: table or json.")
        var format = ListFormat.table
    }

    /// The command `caisson context size`.
    struct Size: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "size",
            abstract: "Adds up what would be sent, and says what an ignore line would save.",
            discussion: Manual.text(of: "context size")
        )

        @OptionGroup var source: ContextOptions

        @Option(help: ArgumentHelp("How deep directories are told apart.", valueName: "levels"))
        var depth = 1

        @Option(help: "How to print: table or json.")
        var format = ListFormat.table

        func validate() throws {
            guard (1...100).contains(depth) else { throw ValidationError("--depth \(depth) isn't between 1 and 100") }
        }
    }

    /// The command `caisson context explain`.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Says why a path is sent or not: the line that decides, and all that touched it.",
            discussion: Manual.text(of: "context explain")
        )

        @Argument(help: ArgumentHelp("The path, from the directory on, as in an ignore file.", valueName: "path"))
        var path: String

        @OptionGroup var source: ContextOptions

        @Option(help: "How to print: table or json.")
        var format = ListFormat.table
    }

    /// The command `caisson context export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes what would be sent, and the Dockerfile, as a tar.",
            discussion: Manual.text(of: "context export")
        )

        @OptionGroup var source: ContextOptions

        @Option(
            name: [.short, .long],
            parsing: .unconditional,
            help: ArgumentHelp("The file to write; - for standard output.", valueName: "file")
        )
        var output = "-"

        @Option(help: "How to compress: gzip, zstd, xz or none.")
        var compress = Compression.none
    }
}

/// Which directory, and which Dockerfile, as that may have an ignore file of its own.
struct ContextOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("The Dockerfile (default: DIRECTORY/Dockerfile).", valueName: "path")
    )
    var file: String?

    @Argument(help: ArgumentHelp("The directory that a build would be given.", valueName: "directory"))
    var directory = "."

    func validate() throws {
        if file == "-" { throw ValidationError("--file - has no ignore file of its own; leave it out") }
        if directory == "-" { throw ValidationError("standard input is sent as it is; give a directory") }
        if directory.isEmpty { throw ValidationError("the directory's name is empty") }
        if directory.contains("://") {
            throw ValidationError("\(directory.quoted) is read by the engine itself; give a directory")
        }
    }
}

extension Compression: ExpressibleByArgument {}
