import ArgumentParser
import CaissonBuildModel
import CaissonCaches
import CaissonConfiguration
import CaissonEngines
import CaissonHistory
import CaissonJSON
import CaissonManuals
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc
import Synchronization

// What of engines' caches goes by itself: the table `[cache]` of the configuration.

extension CacheCommand {
    /// The command `caisson cache policy`.
    struct Policy: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "policy",
            abstract: "Tells what of the build cache goes by itself, and where that was said.",
            discussion: Manual.text(of: "cache policy")
        )

        @Option(parsing: .unconditional, help: ArgumentHelp("How to print: table or json.", valueName: "format"))
        var format = ListFormat.table

        func run() throws {
            let configuration = try Configuration.ofThisProcess()
            let policy = try EvictionPolicy(configuration.cache)
            let settings = configuration.settings.filter {
                ($0.key.table == "cache" || $0.key.table.hasPrefix("cache.")) && $0.isSet
            }
            switch format {
            case .table:
                let rows = settings.map { [$0.key.fullName, $0.value.description, $0.origin.description] }
                let table = rows.isEmpty ? "" : TextColumns.aligned([["KEY", "VALUE", "FROM"]] + rows) + "\n"
                let lines = EvictionPolicyText(size: CacheTotals.size).lines(policy)
                try CacheCommand.write(table + lines.map { SafeText.line($0) + "\n" }.joined())
            case .json:
                var members = settings.map { JSONMember($0.key.fullName, .string($0.value.description)) }
                members.append(JSONMember("rules", .array(policy.rules.map { .array($0.keys.map { .string($0) }) })))
                try CacheCommand.write(JSON.object(members).goText() + "\n")
            }
        }
    }
}

extension EvictionPolicy {
    /// What the configuration says.
    ///
    /// - Throws: `BuildError` with all that makes no sense.
    init(_ cache: Configuration.Cache) throws(BuildError) {
        var policy = EvictionPolicy()
        (policy.maxSize, policy.reservedSize, policy.minFree) = (cache.maxSize, cache.reservedSize, cache.minFree)
        policy.maxAge = cache.maxAge
        policy.maxAges[.mounts] = cache.mountAge
        policy.maxAges[.sources] = cache.sourceAge
        policy.maxAges[.checkouts] = cache.checkoutAge
        policy.maxAges[.layers] = cache.layerAge
        policy.keepsPinned = cache.keepsPinned
        policy.runsAfterBuilds = cache.runsAfterBuilds
        policy.interval = cache.interval
        do throws(EvictionPolicyError) {
            try self.init(checking: policy)
        } catch {
            throw BuildError(.usage, "the configuration: \(error)")
        }
    }
}

/// What a policy does with the caches of a builder's nodes now.
struct PolicyRun: Sendable {
    /// What it does with the cache of one node.
    struct Part: Sendable {
        var cache: EngineCache
        var plan: EvictionPolicyPlan
    }

    let parts: [Part]

    /// Works out what a policy does.
    ///
    /// - Parameter limit: How long each node may take to tell what it has.
    /// - Throws: `BuildError` where a node doesn't tell, or the history doesn't tell what has to stay.
    init(_ policy: EvictionPolicy, on builder: Builder, within limit: Duration = .seconds(600)) async throws {
        let past = policy.keepsPinned ? try await CacheBuilds.remembered() : nil
        parts = try await builder.caches(within: limit).map { cache in
            var scene = EvictionPolicyScene(now: cache.time)
            // A maximum alone is said in the way that all engines know. For the rest, limits of space came after prunes by
            // descriptions: an engine in between refuses what it doesn't know.
            scene.knowsSpaceLimits = policy.minFree != nil && cache.prunesByDescription
            if let past { scene.keeping = past.origins(of: cache).needed(by: past.needed) }
            return Part(cache: cache, plan: EvictionPolicyPlan(policy, for: cache.records, in: scene))
        }
    }

    /// What goes, node by node.
    var rows: [CacheRow] {
        parts.flatMap { part in
            part.plan.removed.map { CacheRow($0, node: part.cache.node, now: part.cache.time) }
        }
    }

    /// What each rule does, for people.
    var text: String {
        let words = EvictionPolicyText(size: CacheTotals.size)
        return parts.map { part in
            let lines = words.lines(part.plan).map { SafeText.line($0) + "\n" }.joined()
            return parts.count > 1 ? "\(SafeText.line(part.cache.node)):\n\(lines)" : lines
        }.joined()
    }

    /// Has the engines remove what is to go, one order after the other.
    ///
    /// - Parameters:
    ///   - limit: How long each order may take.
    ///   - removed: Is told each record that is gone, and the name of its node.
    func apply(
        on builder: Builder,
        within limit: Duration,
        removed: @escaping @Sendable (_ node: String, CacheRecord) -> Void
    ) async throws {
        for part in parts {
            for order in part.plan.orders {
                try await builder.prune([part.cache.node: order], within: limit, removed: removed)
            }
        }
    }
}

extension CacheCommand.Prune {
    /// Removes what the policy lets go.
    func followPolicy() async throws {
        try checkPolicyFlags()
        let policy = try EvictionPolicy(try Configuration.ofThisProcess().cache)
        guard !policy.isEmpty else {
            throw BuildError(.usage, "--policy: the configuration has no rule in [cache]; such as max_age = \"30d\"")
        }
        try await CacheCommand.lend(engine) { builder in
            let run = try await PolicyRun(policy, on: builder)
            try CacheCommand.write(run.text)
            let sum = PrunePlan.sum(of: run.rows)
            guard !dryRun else { return try CacheCommand.write("Would be removed: \(sum)\n") }
            guard !run.rows.isEmpty else { return }
            guard try force || Self.confirm("This would remove \(sum).") else { return }
            let gone = try await run.remembering(on: builder, within: .seconds(3600))
            try CacheCommand.write("Total: \(PrunePlan.sum(of: gone))\n")
        }
    }

    private func checkPolicyFlags() throws(BuildError) {
        let isAlone =
            !all && folder.local == nil && records.filter.isEmpty && records.format.isEmpty && !records.verbose
            && limits.isEmpty
        guard isAlone else {
            throw BuildError(
                .usage,
                "--policy says all of what goes; of the other flags it takes --dry-run and --force"
            )
        }
    }
}

extension PolicyRun {
    /// Has the engines remove what is to go, and takes note of what is gone in the history; returns it.
    func remembering(on builder: Builder, within limit: Duration) async throws -> [CacheRow] {
        let gone = Mutex<[CacheRow]>([])
        defer {
            let addresses = Dictionary(parts.map { ($0.cache.node, $0.cache.address) }) { first, _ in first }
            PrunePlan.remember(gone.withLock(\.self), by: "the policy of [cache]", addresses: addresses)
        }
        let known = Dictionary(parts.map { ($0.cache.node, $0.cache.records) }) { first, _ in first }
            .mapValues { records in Dictionary(records.map { ($0.id, $0) }) { first, _ in first } }
        try await withInterrupts(restoreTerminal: {}) {
            try await apply(on: builder, within: limit) { node, record in
                var told = known[node]?[record.id] ?? record
                told.size = record.size
                gone.withLock { $0.append(CacheRow(told, node: node, now: .now)) }
            }
        }
        return gone.withLock(\.self)
    }
}

// MARK: - After builds

extension PolicyRun {
    /// So long a build's user waits for it at most.
    private static let patience = Duration.seconds(60)

    /// Follows the policy after a build, where that was asked for and is due; what goes wrong is a warning, as the build
    /// is what was wanted.
    static func afterBuild(on engine: EngineLender, _ state: CommandState) async {
        guard state.configuration.cache.runsAfterBuilds, let directory = state.directory else { return }
        do {
            let policy = try EvictionPolicy(state.configuration.cache)
            try await engine.lend(notice: { _ in }) { builder in
                let mark = PolicyMark(HistoryPlace(stateDirectory: directory), builder)
                guard policy.isDue(last: mark.last, now: .now) else { return }
                mark.set()
                let run = try await PolicyRun(policy, on: builder, within: patience)
                guard !run.rows.isEmpty else { return }
                let gone = try await run.remembering(on: builder, within: patience)
                guard !gone.isEmpty else { return }
                BorrowedDescriptor.standardError.writeIgnoringErrors(
                    "removed \(PrunePlan.sum(of: gone)) of the build cache, as [cache] says\n"
                )
            }
        } catch is CancellationError {
        } catch let error as BuildError {
            if error.code != .cancelled { CommandState.warn("[cache] wasn't followed: \(error.message)") }
        } catch {
            CommandState.warn("[cache] wasn't followed: \(error)")
        }
    }
}

/// When the policy was followed last on a builder: the time of an empty file.
private struct PolicyMark {
    private let place: HistoryPlace
    private let path: String

    init(_ place: HistoryPlace, _ builder: Builder) {
        let names = builder.addresses.sorted().joined(separator: "\n")
        self.place = place
        path = "\(place.directory)/policy-\(String(ContentHash(of: Array(names.utf8)).value, radix: 16))"
    }

    var last: Timestamp? { FileTime.written(path).map { Timestamp(seconds: $0 / 1_000_000_000, nanoseconds: 0) } }

    func set() {
        guard (try? place.prepare(userID: geteuid())) != nil else { return }
        try? AtomicFile.replace(path, with: [], .ownerOnly)
    }
}
