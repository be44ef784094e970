import ArgumentParser
import CaissonBuildModel
import CaissonHistory
import CaissonManuals
import CaissonReporting
import CaissonText

/// `caisson builds …`: what was built, and what is being built, on this machine.
struct BuildsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builds",
        _superCommandName: "caisson",
        abstract: "Shows the builds of this machine: those that run, and those of the past.",
        discussion: Manual.text(of: "builds"),
        subcommands: [
            List.self, Show.self, Logs.self, Watch.self, Cancel.self, Rerun.self, Compare.self, Report.self, Trace.self,
            Attachment.self,
            Export.self, Import.self, Pin.self, Remove.self,
        ]
    )

    /// How `builds ls` and `builds show` print.
    static let formatHelp = ArgumentHelp(
        "How to print: table, json, or a Go template over what json prints, such as '{{.id}} {{.status}}'.",
        valueName: "format"
    )

    /// What a build is named by.
    static let nameHelp = ArgumentHelp(
        "The build: its id or the beginning of it, its target or image, ^0 for the newest, ^1 for the one before.",
        valueName: "build"
    )

    /// What `builds cancel` ends.
    static let cancelHelp = ArgumentHelp(
        "The build, as builds show names it; or all builds of a batch or task, by the beginning of its id.",
        valueName: "build"
    )

    /// The command `caisson builds ls`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls",
            abstract: "Lists builds, the newest first.",
            discussion: Manual.text(of: "builds ls")
        )

        @OptionGroup(title: "Which builds")
        var filter: BuildFilterOptions

        @Option(
            name: [.customShort("n"), .long],
            help: ArgumentHelp("List this many at most; 0 for all.", valueName: "number")
        )
        var limit = 50

        @Option(parsing: .unconditional, help: formatHelp)
        var format = "table"

        @Flag(name: [.customShort("q"), .long], help: "Print the ids alone.")
        var quiet = false

        /// Docker's; nothing is cut short but to the terminal's width.
        @Flag(help: .hidden)
        var noTrunc = false

        func validate() throws {
            try BuildsCommand.check(format: format)
            guard limit >= 0 else { throw ValidationError("--limit must be 0 or more, not \(limit)") }
        }
    }

    /// The command `caisson builds show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows a build: what was asked for, its steps with their times, and why it failed.",
            discussion: Manual.text(of: "builds show"),
            aliases: ["inspect"]
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @Option(parsing: .unconditional, help: formatHelp)
        var format = "table"

        func validate() throws { try BuildsCommand.check(format: format) }
    }

    /// The command `caisson builds logs`.
    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logs",
            abstract: "Prints what a build's steps printed, whole.",
            discussion: Manual.text(of: "builds logs")
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @Flag(name: [.customShort("f"), .long], help: "Go on printing until the build has ended.")
        var follow = false

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Print one step's output alone, byte for byte: its number in 'builds show', or its name.",
                valueName: "step"
            )
        )
        var step: String?
    }

    /// The command `caisson builds watch`.
    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch",
            abstract: "Shows the progress of a build that runs in another process, to its end.",
            discussion: Manual.text(of: "builds watch")
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @OptionGroup(title: "Progress")
        var progress: ProgressOptions
    }

    /// The command `caisson builds cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: "Ends builds that run or wait in another process.",
            discussion: Manual.text(of: "builds cancel")
        )

        @Argument(help: cancelHelp)
        var builds: [String]
    }

    /// The command `caisson builds rerun`.
    struct Rerun: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rerun",
            abstract: "Runs a build again as it was asked for, in the directory where that was.",
            discussion: Manual.text(of: "builds rerun")
        )

        @Argument(help: nameHelp)
        var build = "^0"

        @Flag(help: "Print the command instead of running it.")
        var print = false
    }

    /// The command `caisson builds pin`.
    struct Pin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pin",
            abstract: "Keeps builds whatever their age, or no longer does.",
            discussion: Manual.text(of: "builds pin")
        )

        @Argument(help: nameHelp)
        var builds: [String]

        @Flag(help: "Keep them no longer than others.")
        var remove = false
    }

    /// The command `caisson builds rm`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm",
            abstract: "Removes builds from the history, with their logs.",
            discussion: Manual.text(of: "builds rm")
        )

        @Argument(help: nameHelp)
        var builds: [String] = []

        @Flag(help: "Remove all that have ended and aren't pinned.")
        var all = false

        func validate() throws {
            guard all != !builds.isEmpty else {
                throw ValidationError("say which builds to remove: their ids, or --all")
            }
        }
    }

    fileprivate static func check(format: String) throws {
        if !["table", "json"].contains(format), !format.contains("{{") {
            throw ValidationError("--format takes table, json or a Go template, not '\(format)'")
        }
    }
}

/// Which builds are listed.
struct BuildFilterOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Builds that stand so: queued, running, succeeded, failed, cancelled, timed-out, skipped or interrupted. Repeatable.",
            valueName: "status"
        )
    )
    var status: [String] = []

    @Option(help: ArgumentHelp("Builds of an image, * and ? as in file names.", valueName: "image"))
    var image: String?

    @Option(help: ArgumentHelp("Builds of a project.", valueName: "name"))
    var project: String?

    @Option(help: ArgumentHelp("Builds that somebody answers for.", valueName: "name"))
    var owner: String?

    @Option(help: ArgumentHelp("Builds with this tag of theirs.", valueName: "tag"))
    var tag: String?

    @Option(help: ArgumentHelp("Builds of a batch, by its id or the beginning of it.", valueName: "id"))
    var batch: String?

    @Option(
        help: ArgumentHelp(
            "Builds that began since then: 30m, 7d, 2026-11-29 or 2026-11-29T10:00:00Z.",
            valueName: "time"
        )
    )
    var since: String?

    @Option(help: ArgumentHelp("Builds that took longer, such as 5m.", valueName: "duration"))
    var longerThan: String?

    @Option(help: ArgumentHelp("Builds with this text in a name, an image, an error or a commit.", valueName: "text"))
    var text: String?

    /// The filter that they make.
    ///
    /// - Parameter now: The time that `--since` counts from.
    func filter(now: Timestamp) throws(BuildError) -> HistoryFilter {
        try requireValues()
        var filter = HistoryFilter()
        for word in status {
            guard let value = BuildStatus(rawValue: word.lowercased()) else {
                let names = BuildStatus.allCases.map(\.rawValue)
                let hint = nearest(to: word, among: names).map { " (did you mean \($0)?)" } ?? ""
                throw BuildError(
                    .usage,
                    "--status: unknown status \(word.quoted)\(hint); expected \(names.joined(separator: ", "))"
                )
            }
            filter.statuses.insert(value)
        }
        (filter.image, filter.project, filter.owner) = (image, project, owner)
        (filter.label, filter.text) = (tag, text)
        if let since { filter.since = try Self.time(since, now: now) }
        if let longerThan {
            guard let span = Timespan(parsing: longerThan) ?? Timespan(iso8601: longerThan) else {
                throw BuildError(
                    .usage,
                    "--longer-than \(longerThan.quoted) is no span of time; write it like 90s or 5m"
                )
            }
            filter.longerThan = span.duration
        }
        return filter
    }

    private func requireValues() throws(BuildError) {
        let values: KeyValuePairs<String, String?> = [
            "--image": image, "--project": project, "--owner": owner, "--tag": tag, "--batch": batch, "--since": since,
            "--longer-than": longerThan, "--text": text, "--status": status.first(where: \.isEmpty),
        ]
        for (flag, value) in values { try Self.require(flag, value) }
    }

    /// Refuses a flag with nothing as its value: a script's variable that isn't set would choose all builds.
    static func require(_ flag: String, _ value: String?) throws(BuildError) {
        if value == "" { throw BuildError(.usage, "\(flag) has an empty value; give one, or leave the flag out") }
    }

    /// A time, as a span back from now or a date.
    private static func time(_ text: String, now: Timestamp) throws(BuildError) -> Timestamp {
        if let time = Timestamp(date: text) { return time }
        let days =
            text.hasSuffix("d") ? Int64(text.dropLast()).map { Duration.seconds(min($0, 1_000_000) * 86_400) } : nil
        guard let span = days ?? Timespan(parsing: text)?.duration ?? Timespan(iso8601: text)?.duration else {
            throw BuildError(
                .usage,
                "--since \(text.quoted) is no time; write it like 30m, 7d, 2026-11-29 or 2026-11-29T10:00:00Z"
            )
        }
        return Timestamp(seconds: now.seconds - span.components.seconds, nanoseconds: now.nanoseconds)
    }
}
