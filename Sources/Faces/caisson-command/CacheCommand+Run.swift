import CaissonBuildModel
import CaissonCaches
import CaissonEngines
import CaissonHistory
import CaissonInsights
import CaissonLocalCaches
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Synchronization

extension CacheCommand.DiskUsage {
    func run() async throws {
        let filter = try records.parsed(now: .now)
        let printing = try records.printing()
        if let cache = try folder.folder() { return try list(cache) }
        let caches = try await CacheCommand.lend(engine) { try await $0.caches(filter.wire) }
        let builds = by == .build || printing.tellsBuilds ? try? await CacheBuilds.remembered() : nil
        // What BuildKit can't be asked for is left out here.
        let rows = caches.flatMap { cache in
            let origins = builds?.origins(of: cache)
            return cache.records
                .filter { filter.matches($0) && !filter.isLatelyUsed($0, at: cache.time) }
                .filter { by != .mount || $0.kind == .cacheMount }
                .sorted(by: sort.order)
                .map { CacheRow($0, node: cache.node, now: cache.time, madeBy: origins?.words(of: $0.id)) }
        }
        let totals = CacheTotals(rows)
        let text = try by.map { totals.text(by: $0) } ?? printing.text(of: rows, width: CacheCommand.width)
        try CacheCommand.write(text + (printing.isForPeople || by != nil ? totals.text : ""))
    }
}

extension CacheCommand.DiskUsage {
    /// Lists a folder.
    private func list(_ cache: LocalCache) throws {
        guard by == nil, records.filter.isEmpty, records.format.isEmpty, !records.verbose else {
            throw BuildError(
                .usage,
                "--local lists a folder as it is; leave --by, --filter, --format and --verbose out"
            )
        }
        do {
            try CacheCommand.write(CacheCommand.text(of: try cache.report()))
        } catch let error as LocalCacheError {
            throw BuildError(error)
        }
    }
}

extension CacheCommand.Prune {
    func run() async throws {
        if policy { return try await followPolicy() }
        let asked = try rules(now: .now)
        let printing = try records.printing()
        if let cache = try folder.folder() { return try await sweep(cache) }
        try await CacheCommand.lend(engine) { builder in
            // To find out a size that it doesn't know yet, BuildKit uses the record, and tells its last use from before that; a
            // prune goes by the one after.
            if dryRun || !force { _ = try await builder.caches() }
            let plan = PrunePlan(asked, of: try await builder.caches())
            guard !dryRun else { return try tell(plan, printing) }
            guard try force || Self.confirm("This would remove \(plan.sum) of \(plan.place).") else { return }
            try await prune(plan, on: builder, printing)
        }
    }

    /// What may go.
    func rules(now: Timestamp) throws(BuildError) -> PruneRules {
        try BuildFilterOptions.require("--local", folder.local)
        var rules = PruneRules(filter: try records.parsed(now: now))
        rules.all = all
        try limits.apply(to: &rules)
        return rules
    }

    /// What a prune would remove, as far as that can be told.
    private func tell(_ plan: PrunePlan, _ printing: CacheFormat) throws {
        if let doubt = plan.doubt { CommandState.warn(doubt) }
        let text = try printing.text(of: plan.rows, width: CacheCommand.width)
        try CacheCommand.write(text + (printing.isForPeople ? "Would be removed: \(plan.sum)\n" : ""))
    }

    /// Whether the user wants what was asked for: said on a terminal, or through a pipe as with `yes |`.
    static func confirm(_ effect: String) throws(BuildError) -> Bool {
        let (input, output) = (BorrowedDescriptor.standardInput, BorrowedDescriptor.standardError)
        output.writeIgnoringErrors("\(effect) Remove it? [y/N] ")
        let answer = (try? input.readOnce(upTo: 256)) ?? []
        if !input.isTerminal { output.writeIgnoringErrors("\n") }
        guard !answer.isEmpty || input.isTerminal else {
            throw BuildError(
                .usage,
                "nothing was removed, as nobody was there to be asked; add --force to remove it unasked"
            )
        }
        let line = String(decoding: answer, as: UTF8.self).split(separator: "\n").first ?? ""
        return ["y", "yes"].contains(String(line).trimmed.lowercased())
    }

    /// Removes, and tells each record as soon as it is gone.
    private func prune(_ plan: PrunePlan, on builder: Builder, _ printing: CacheFormat) async throws {
        let gone = Mutex<[CacheRow]>([])
        let width = CacheCommand.width
        let output = BorrowedDescriptor.standardOutput
        // What is gone is gone, also where the rest fails.
        defer {
            if printing.isForPeople {
                output.writeIgnoringErrors("Total: \(PrunePlan.sum(of: gone.withLock(\.self)))\n")
            }
            plan.remember(gone.withLock(\.self))
        }
        let head = try printing.head(width: width)
        try await withInterrupts(restoreTerminal: {}) {
            try await builder.prune(plan.orders) { node, record in
                let row = plan.row(record, of: node)
                gone.withLock { gone in
                    let line = (gone.isEmpty ? head : "") + ((try? printing.line(of: row, width: width)) ?? "")
                    output.writeIgnoringErrors(line)
                    gone.append(row)
                }
            }
        }
    }
}

extension CacheCommand {
    /// How wide the output's terminal is; nil where it is none.
    static var width: Int? { BorrowedDescriptor.standardOutput.windowSize?.width }

    static func write(_ text: String) throws { try BorrowedDescriptor.standardOutput.writeResult(text) }

    /// Lends the engine that is meant.
    static func lend<Value: Sendable>(
        _ engine: NamedEngine,
        _ body: @Sendable (Builder) async throws -> Value
    ) async throws -> Value {
        let environment = ProcessInfo.processInfo.environment
        let tell: @Sendable (FieldMessage) -> Void = { notice in
            BorrowedDescriptor.standardError.writeIgnoringErrors(notice.text(\.flag) + "\n")
        }
        return try await engine.lender(environment).lend(notice: tell, body)
    }
}

/// The builds that the history tells of, as far as they tell who made what an engine keeps.
struct CacheBuilds: Sendable {
    /// So many of the newest are looked at.
    private static let most = 2000

    private var builds: [PastBuild] = []
    /// What has to stay: pinned builds, and those that run or wait with the last one of each of their series.
    private(set) var needed: Set<BuildID> = []

    /// Reads the history.
    ///
    /// - Throws: `BuildError` where it can't be read: what has to stay isn't known then.
    static func remembered() async throws -> CacheBuilds {
        let store = try await BuildsCommand.store()
        var filter = HistoryFilter()
        filter.limit = 0
        let records = try BuildsCommand.reporting { () throws(HistoryError) in try store.list(filter) }
        var found = CacheBuilds()
        found.needed = needed(records)
        for (place, record) in records.enumerated() where place < most || found.needed.contains(record.id) {
            guard let dossier = try? store.dossier(of: record.id) else { continue }
            found.builds.append(PastBuild(dossier))
        }
        return found
    }

    private static func needed(_ records: [BuildRecord]) -> Set<BuildID> {
        let waiting = Set(records.filter { !$0.status.isFinal }.map { $0.submission.seriesName })
        var found = Set(records.filter { $0.isPinned || !$0.status.isFinal }.map(\.id))
        var seen: Set<String> = []
        for record in records where record.status.isFinal {
            let series = record.submission.seriesName
            if waiting.contains(series), seen.insert(series).inserted { found.insert(record.id) }
        }
        return found
    }

    /// Which of them made the records of an engine.
    func origins(of cache: EngineCache) -> RecordOrigins {
        RecordOrigins(of: cache.records, engine: cache.address, builds: builds)
    }
}

extension BuildSubmission {
    /// What builds that can be compared have in common, for people.
    fileprivate var seriesName: String {
        [project, name ?? images.first ?? dockerfile].compactMap(\.self).joined(separator: "/")
    }
}

extension PastBuild {
    fileprivate init(_ dossier: BuildDossier) {
        let record = dossier.record
        self.init(
            id: record.id,
            series: record.submission.seriesName,
            engine: record.engineAddress ?? "",
            time: (record.started, record.ended),
            steps: dossier.steps.map {
                PastStep(name: $0.name, started: $0.started, ended: $0.completed, isCached: $0.isCached)
            }
        )
    }
}

extension RecordOrigins {
    /// The build that made a record, in words: its id and what it built; nil where that isn't known.
    func words(of id: String) -> String? {
        origin(of: id).map { origin in
            let doubt = origin.certainty == .likely ? " (likely)" : ""
            return "\(origin.build.description.prefix(12)) \(origin.series)\(doubt)"
        }
    }
}
