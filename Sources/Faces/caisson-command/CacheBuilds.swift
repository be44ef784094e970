import CaissonBuildModel
import CaissonCaches
import CaissonEngines
import CaissonHistory
import CaissonInsights

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
