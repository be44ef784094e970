import ArgumentParser
import CaissonBuildModel
import CaissonCaches
import CaissonManuals
import CaissonReporting
import CaissonText

/// `caisson cache …`: what engines keep of builds.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        _superCommandName: "caisson",
        abstract: "Shows what engines keep of builds, what that is good for, and removes what isn't wanted any more.",
        discussion: Manual.text(of: "cache"),
        subcommands: [
            DiskUsage.self, Prune.self, Save.self, Restore.self, Statistics.self, Explain.self, Policy.self,
        ]
    )

    /// The command `caisson cache du`.
    struct DiskUsage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "du",
            abstract: "Lists what the build cache holds and how much of the disk it takes.",
            discussion: Manual.text(of: "cache du")
        )

        @OptionGroup(title: "Engine")
        var engine: NamedEngine

        @OptionGroup
        var folder: LocalCacheOption

        @OptionGroup
        var records: CacheRecordOptions

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Add up instead of listing: by type, age, sharing, node, build, or mount for cache mounts.",
                valueName: "property"
            )
        )
        var by: CacheGrouping?

        @Option(parsing: .unconditional, help: ArgumentHelp("The order: size or used.", valueName: "property"))
        var sort = CacheSorting.size

        func validate() throws {
            guard by != nil, records.verbose || !records.format.isEmpty else { return }
            throw ValidationError("--by prints totals, for which there is no --format and no --verbose; leave one out")
        }
    }

    /// The command `caisson cache prune`.
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune",
            abstract: "Removes what the build cache holds and nobody uses, or tells what that would be.",
            discussion: Manual.text(of: "cache prune")
        )

        @OptionGroup(title: "Engine")
        var engine: NamedEngine

        @OptionGroup
        var folder: LocalCacheOption

        @Flag(help: "Remove what the table [cache] of the configuration lets go.")
        var policy = false

        @Flag(name: [.customShort("a"), .long], help: "Remove what images share and what is the engine's own, too.")
        var all = false

        @Flag(help: "Tell what would be removed, and remove nothing.")
        var dryRun = false

        @Flag(name: [.customShort("f"), .long], help: "Don't ask first.")
        var force = false

        @OptionGroup
        var records: CacheRecordOptions

        @OptionGroup(title: "Limits")
        var limits: PruneLimitOptions
    }
}

/// Which records of a build cache are meant, and how they are printed.
struct CacheRecordOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Take only records of which this holds: KEY=VALUE, KEY!=VALUE or KEY~=REGEX; until=24h, type, id, mount, "
                + "description, parents, inuse, mutable, shared, private. Repeatable.",
            valueName: "condition"
        )
    )
    var filter: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How to print: table, pretty, json, or a Go template.", valueName: "format")
    )
    var format = ""

    @Flag(help: "Print all that is known of each record, as --format pretty does.")
    var verbose = false

    func validate() throws {
        guard verbose, !format.isEmpty else { return }
        throw ValidationError("--format and --verbose both say how to print; leave one out")
    }

    /// How records are printed.
    func printing() throws(BuildError) -> CacheFormat { try CacheFormat(parsing: verbose ? "pretty" : format) }

    /// Which are meant.
    func parsed(now: Timestamp) throws(BuildError) -> CacheFilter {
        try FlagValue.of("--filter") { () throws(ParseError) in try CacheFilter(parsing: filter, now: now) }
    }
}

/// How much of a build cache stays.
struct PruneLimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep this much of the cache in any case, as 10gb.", valueName: "size")
    )
    var reservedSpace: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep at most this much of the cache (BuildKit 0.17).", valueName: "size")
    )
    var maxUsedSpace: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Remove until this much of the disk is free (BuildKit 0.17).", valueName: "size")
    )
    var minFreeSpace: String?

    /// The old name of --reserved-space.
    @Option(parsing: .unconditional, help: .hidden)
    var keepStorage: String?

    /// Whether none is given.
    var isEmpty: Bool { [reservedSpace, maxUsedSpace, minFreeSpace, keepStorage].allSatisfy { $0 == nil } }

    /// Fills in the limits.
    func apply(to rules: inout PruneRules) throws(BuildError) {
        let old = try Self.bytes("--keep-storage", keepStorage)
        rules.reservedSpace = max(old, try Self.bytes("--reserved-space", reservedSpace))
        rules.maxUsedSpace = try Self.bytes("--max-used-space", maxUsedSpace)
        rules.minFreeSpace = try Self.bytes("--min-free-space", minFreeSpace)
    }

    private static func bytes(_ flag: String, _ text: String?) throws(BuildError) -> Int64 {
        guard let text else { return 0 }
        let size = try FlagValue.of(flag) { () throws(ParseError) in try ByteSize(parsing: text) }
        return size.bytes
    }
}

/// In which order `cache du` lists.
enum CacheSorting: String, ExpressibleByArgument, CaseIterable {
    case size, used

    /// The same for the module.
    var order: CacheOrder { self == .size ? .buildx : .leastRecentlyUsedFirst }
}

extension CacheGrouping: ExpressibleByArgument {}
