import CaissonBuildModel
import GRDB

/// The builds that are not in the database: those that run, and those that weren't taken in yet.
struct LiveBuilds: Sendable {
    private let found: [BuildDossier]

    /// Reads the journals; one that can't be read is left out.
    init(_ place: HistoryPlace) {
        found = JournalReader.list(place).compactMap { try? snapshot(place, $0) }
    }

    /// What is known of those that are not in the database, newest first.
    ///
    /// The database is read after the journals, so that a build that is taken in meanwhile is in one of them; and
    /// whoever reads more of it does that in the same transaction, so that it isn't in both.
    func dossiers(beside database: Database?) throws -> [BuildDossier] {
        var dossiers = found
        if let database, !found.isEmpty {
            let insertion = BuildInsertion(database)
            dossiers = try found.filter { try !insertion.contains($0.record.id) }
            let rows = try Row.fetchAll(database, sql: "SELECT id FROM pins")
            let pinned = Set(rows.compactMap { StoredRow($0).text(0) })
            for index in dossiers.indices where pinned.contains(dossiers[index].record.id.description) {
                dossiers[index].record.isPinned = true
            }
        }
        return dossiers.sorted { a, b in
            (a.record.orderingTime, a.record.id.description) > (b.record.orderingTime, b.record.id.description)
        }
    }
}

extension HistoryStore {
    /// Reads from the database and of the builds that are not in it, newest first; without a database from these alone.
    func readAll<T>(_ body: (Database?, _ live: [BuildDossier]) throws -> T) throws(HistoryError) -> T {
        let live = LiveBuilds(place)
        if let database {
            return try database.read { try body($0, live.dossiers(beside: $0)) }
        }
        do {
            return try body(nil, live.dossiers(beside: nil))
        } catch {
            throw error as? HistoryError ?? HistoryError(.other, "the history can't be read: \(error)")
        }
    }
}
