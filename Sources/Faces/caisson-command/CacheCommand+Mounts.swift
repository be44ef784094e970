import ArgumentParser
import CaissonArchive
import CaissonBuildModel
import CaissonCacheMounts
import CaissonEngines
import CaissonJSON
import CaissonManuals
import CaissonMountCarriage
import CaissonRegistry
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials

// Cache mounts, saved out of an engine and restored into one.

extension CacheCommand {
    /// The command `caisson cache save`.
    struct Save: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "save",
            abstract: "Saves cache mounts to a folder, a tar or a registry.",
            discussion: Manual.text(of: "cache save")
        )

        @Argument(help: "The mounts by their ids: ID[,uid=NUMBER][,gid=NUMBER][,mode=OCTAL] (default: all).")
        var mounts: [String] = []

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Where to: a folder, a .tar, or type=registry,ref=NAME for an artifact in a registry.",
                valueName: "place"
            )
        )
        var to: String

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Let the place have so many bytes at most: what was used least recently goes.",
                valueName: "size"
            )
        )
        var limit: String?

        @OptionGroup
        var carriage: MountCarriageOptions
    }

    /// The command `caisson cache restore`.
    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Puts saved cache mounts into an engine.",
            discussion: Manual.text(of: "cache restore")
        )

        @Argument(help: "The mounts by their ids: ID[,uid=NUMBER][,gid=NUMBER][,mode=OCTAL] (default: all).")
        var mounts: [String] = []

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Where from: a folder, a .tar, or type=registry,ref=NAME for an artifact in a registry.",
                valueName: "place"
            )
        )
        var from: String

        @Flag(help: "Remove what a mount has already; else it stays, unless a restored file has the same name.")
        var replace = false

        @OptionGroup
        var carriage: MountCarriageOptions
    }
}

/// How cache mounts are carried.
struct MountCarriageOptions: ParsableArguments {
    @Flag(help: "Succeed where nothing was saved there yet, or the engine has no such mount.")
    var allowMissing = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The image whose sh and tar do the work on the engine.", valueName: "image")
    )
    var image = "busybox"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The value of BUILDKIT_CACHE_MOUNT_NS in the builds that use the mounts.", valueName: "name")
    )
    var namespace: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The platform that the mounts are of (default: the engine's own).", valueName: "platform")
    )
    var platform: String?

    @OptionGroup
    var insecure: InsecureRegistryOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("How to print: table or json.", valueName: "format"))
    var format = ListFormat.table

    @OptionGroup(title: "Engine")
    var engine: NamedEngine

    @OptionGroup(title: "Progress")
    var progress: TaskProgressOptions

    /// The mounts that are named; nil for all.
    func parsed(_ texts: [String]) throws(BuildError) -> [CarriedMount]? {
        guard !texts.isEmpty else { return nil }
        let mounts = try FlagValue.each("mount", texts) { (text) throws(ParseError) in try CarriedMount(parsing: text) }
        guard Set(mounts).count == mounts.count else {
            throw BuildError(.usage, "a cache mount is named twice; leave one out")
        }
        return mounts
    }

    /// Lends what carries mounts, while progress is shown.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (MountCarrier) async throws -> Result
    ) async throws -> Result? {
        let environment = ProcessInfo.processInfo.environment
        var registries = RegistryOptions(variables: environment, home: environment["HOME"] ?? "/")
        registries.insecure = try insecure.hosts()
        let asked = try platform.map { text throws(BuildError) in
            try FlagValue.of("--platform") { () throws(ParseError) in try Platform(parsing: text) }
        }
        _ = try FlagValue.of("--image") { () throws(ParseError) in try ImageReference(parsing: image) }
        let work = ShownWork(try progress.mode(environment: environment), environment: environment, spelling: \.flag)
        return try await work.run(on: try engine.lender(environment)) { [registries] builder, events in
            let facts = try await builder.facts(within: .seconds(20))
            guard let platform = asked ?? facts.platforms.first else {
                throw BuildError(.engine, "\(facts.identity.name) doesn't tell its platform; name it by --platform")
            }
            var carrier = MountCarrier(
                try await MountEngine(builder, events),
                platform: platform.description,
                registries: registries
            )
            (carrier.image, carrier.namespace) = (image, namespace)
            carrier.temporary = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
            return try await translated { [carrier] in try await body(carrier) }
        }.0
    }

    /// Calls with errors turned into those of commands; nil where nothing is there and that is fine.
    private func translated<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result? {
        do {
            return try await body()
        } catch let error as CacheMountError {
            if allowMissing, error.code == .notFound { return nil }
            throw BuildError(error)
        } catch let error as RegistryError {
            if allowMissing, error.code == .notFound { return nil }
            throw BuildError(error)
        } catch let error as ParseError {
            throw BuildError(.usage, error.description)
        } catch let error as SystemError {
            throw BuildError(.output, error.message)
        } catch let error as ArchiveError {
            throw BuildError(.output, error.message)
        }
    }

    /// Prints what became of mounts.
    func tell(_ rows: [MountRow]) throws {
        switch format {
        case .table:
            let table = [["ID", "FILES", "SIZE", "SAVED SIZE", "STATE"]] + rows.map(\.cells)
            try CacheCommand.write(rows.isEmpty ? "no cache mounts\n" : TextColumns.aligned(table))
        case .json: try CacheCommand.write(rows.map { $0.json.goText(indented: false) + "\n" }.joined())
        }
    }
}

/// What became of a mount.
struct MountRow {
    var mount: StoredMount
    var state: String

    /// The mount for people.
    var cells: [String] {
        [
            SafeText.line(mount.mount.written), String(mount.content.entries), CacheTotals.size(mount.content.size),
            CacheTotals.size(mount.layerSize), state,
        ]
    }

    /// The mount for programs.
    var json: JSON {
        var members = [JSONMember("id", .string(mount.mount.id))]
        let owner = [("uid", mount.mount.userID), ("gid", mount.mount.groupID), ("mode", mount.mount.permissions)]
        for case (let name, let number?) in owner { members.append(JSONMember(name, .number(String(number)))) }
        return .object(
            members + [
                JSONMember("platform", .string(mount.platform)),
                JSONMember("files", .number(String(mount.content.entries))),
                JSONMember("size", .number(String(mount.content.size))),
                JSONMember("saved_size", .number(String(mount.layerSize))),
                JSONMember("content", .string(mount.content.digest.description)), JSONMember("state", .string(state)),
            ]
        )
    }
}

extension CacheCommand.Save {
    func run() async throws {
        let place = try FlagValue.of("--to") { () throws(ParseError) in try MountPlace(parsing: to) }
        let wanted = try carriage.parsed(mounts)
        let size = try limit.map { text throws(BuildError) in
            try FlagValue.of("--limit") { () throws(ParseError) in try ByteSize(parsing: text) }
        }
        let saved = try await carriage.run { carrier in
            var options = MountStore.Options(platform: carrier.platform, limit: size)
            // Of all mounts those with nothing in them are no loss; one that was named is a mistake.
            options.leavesOutEmpty = carriage.allowMissing || wanted == nil
            return try await carrier.save(wanted, to: place, options)
        }
        let outcome = saved ?? MountStore.Outcome()
        var rows = outcome.mounts.enumerated().map { place, mount in
            MountRow(mount: mount, state: outcome.unchanged.contains(place) ? "unchanged" : "saved")
        }
        rows += outcome.removed.map { MountRow(mount: $0, state: "removed") }
        try carriage.tell(rows)
    }
}

extension CacheCommand.Restore {
    func run() async throws {
        let place = try FlagValue.of("--from") { () throws(ParseError) in try MountPlace(parsing: from) }
        let wanted = try carriage.parsed(mounts)
        let restored = try await carriage.run { carrier in
            try await carrier.restore(wanted, from: place, mode: replace ? .replace : .merge)
        }
        try carriage.tell((restored ?? []).map { MountRow(mount: $0, state: "restored") })
    }
}

extension MountEngine {
    /// The one engine of a builder.
    ///
    /// - Throws: `BuildError` of a builder with several nodes, and of an engine that keeps no cache mounts.
    init(_ builder: Builder, _ events: SpelledEvents) async throws {
        let caches = try await builder.caches()
        guard let cache = caches.first, caches.count == 1 else {
            let addresses = builder.addresses.map(\.quoted).joined(separator: ", ")
            throw BuildError(
                .usage,
                "each node has cache mounts of its own; give one of them with --addr: \(addresses)"
            )
        }
        guard cache.takesFilters else {
            throw BuildError(
                .unsupported,
                "the engine at \(cache.address) has no cache mounts that others can reach: that needs BuildKit"
            )
        }
        self.init(
            name: "the engine at \(cache.address)",
            tellsIDs: cache.tellsMountIDs,
            build: { _ = try await builder.build($0, events: events, batch: nil) },
            records: { try await builder.caches(within: .seconds(60)).flatMap(\.records) },
            prune: { try await builder.prune([cache.node: $0], within: .seconds(60)) }
        )
    }
}

extension BuildError {
    init(_ error: CacheMountError) {
        switch error.code {
        case .invalid, .notFound, .notStore, .limitExceeded: self.init(.usage, error.message)
        default: self.init(.output, error.message)
        }
    }
}
