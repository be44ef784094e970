import ArgumentParser
import CaissonManuals
import CaissonReporting

// What `caisson builds` makes of builds that have ended: comparisons, traces, bundles, reports.

extension BuildsCommand {
    /// The command `caisson builds compare`.
    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Shows two builds side by side: what differs, and where the time went.",
            discussion: Manual.text(of: "builds compare")
        )

        @Argument(
            help: ArgumentHelp(
                "The two builds, the earlier one first; of one alone, the build before it of the same target. ^0 if none is "
                    + "named.",
                valueName: "build"
            )
        )
        var builds: [String] = []

        @Option(parsing: .unconditional, help: ArgumentHelp("How to print: table or json.", valueName: "format"))
        var format = ListFormat.table

        func validate() throws {
            guard builds.count <= 2 else { throw ValidationError("two builds can be compared, not \(builds.count)") }
        }
    }

    /// The command `caisson builds trace`.
    struct Trace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "trace",
            abstract: "Writes a build's steps as spans, for programs that show traces.",
            discussion: Manual.text(of: "builds trace")
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("The form: otlp (OpenTelemetry's JSON), chrome, or jaeger.", valueName: "format")
        )
        var format = TraceFormat.otlp

        @OptionGroup
        var file: ResultFileOption
    }

    /// The command `caisson builds export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes builds with their logs to a .dockerbuild file, which Docker Desktop reads, too.",
            discussion: Manual.text(of: "builds export")
        )

        @Argument(help: nameHelp)
        var builds: [String] = []

        @Flag(help: "Take all builds that have ended.")
        var all = false

        @OptionGroup
        var file: ResultFileOption

        /// buildx's: what we keep is whole by itself.
        @Flag(help: .hidden)
        var finalize = false

        func validate() throws {
            guard !all || builds.isEmpty else { throw ValidationError("name builds or give --all, not both") }
        }
    }

    /// The command `caisson builds import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes builds out of .dockerbuild files into the history.",
            discussion: Manual.text(of: "builds import")
        )

        @Argument(
            help: ArgumentHelp("The files; - or none for standard input.", valueName: "file"),
            completion: .file(extensions: ["dockerbuild"])
        )
        var files: [String] = []

        /// buildx's way to name them.
        @Option(name: [.customShort("f", allowingJoined: true), .customLong("file")], help: .hidden)
        var named: [String] = []
    }

    /// The command `caisson builds report`.
    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Tells how builds went: durations, cache, slow steps, regressions, and what would help.",
            discussion: Manual.text(of: "builds report"),
            aliases: ["open"]
        )

        @Argument(help: ArgumentHelp("A build to look at closely; see builds show.", valueName: "build"))
        var build: String?

        @OptionGroup(title: "Which builds")
        var filter: BuildFilterOptions

        @Option(
            name: [.customShort("n"), .long],
            help: ArgumentHelp("Take this many of the newest; 0 for all.", valueName: "number")
        )
        var limit = 1000

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "How to print: text, html or json; a file's name says it otherwise.",
                valueName: "format"
            )
        )
        var format: ReportFormat?

        @OptionGroup
        var file: ResultFileOption

        func validate() throws {
            guard limit >= 0 else { throw ValidationError("--limit must be 0 or more, not \(limit)") }
        }
    }
}

/// The file that a result goes to.
struct ResultFileOption: ParsableArguments {
    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: ArgumentHelp("The file to write; - for standard output.", valueName: "file"),
        completion: .file()
    )
    var path: String?
}

/// The forms of a trace.
enum TraceFormat: String, ExpressibleByArgument, CaseIterable {
    case otlp, chrome, jaeger
}

/// The forms of a report.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text, html, json

    /// The form that a file's name asks for.
    init(file: String?) {
        let name = file?.lowercased() ?? ""
        self = name.hasSuffix(".html") || name.hasSuffix(".htm") ? .html : name.hasSuffix(".json") ? .json : .text
    }
}
