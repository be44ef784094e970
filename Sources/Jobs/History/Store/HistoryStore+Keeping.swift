package import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc

/// What is kept, and what isn't.
extension HistoryStore {
    /// Keeps a build whatever its age, or no more; one that runs is pinned as it ends.
    ///
    /// - Throws: `notFound`, `readOnly`, or why it can't be.
    package func pin(_ id: BuildID, _ isPinned: Bool) throws(HistoryError) {
        let isLive = isInJournals(id)
        try writable().write { database in
            let text = id.description
            try database.execute(sql: "UPDATE builds SET pinned = ? WHERE id = ?", arguments: [isPinned, text])
            guard database.changesCount == 0 else { return }
            guard isLive else { throw Self.unknown(id) }
            let sql = isPinned ? "INSERT OR IGNORE INTO pins VALUES (?)" : "DELETE FROM pins WHERE id = ?"
            try database.execute(sql: sql, arguments: [text])
        }
    }

    /// Forgets builds, pinned ones too; if one of them runs or isn't there, none.
    ///
    /// - Throws: `notFound`, `readOnly`, or why it can't be.
    package func remove(_ ids: [BuildID]) throws(HistoryError) {
        let ids = Set(ids)
        var database = try database(toMakeRoom: ids)
        do throws(HistoryError) {
            try delete(ids, database)
        } catch {
            guard error.code == .full else { throw error }
            try makeRoom(ids, database)
            database = try HistoryDatabase(place.database, .writing)
            try delete(ids, database)
        }
        for id in ids { place.removeFiles(of: id) }
        // They are gone by now, whatever becomes of their room.
        try? giveBack(database, until: nil)
        _ = try? database.alone { try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    private func delete(_ ids: Set<BuildID>, _ database: HistoryDatabase) throws(HistoryError) {
        try database.write { database in
            let removal = BuildRemoval(database)
            for key in try keys(of: ids, database) { try removal.remove(key) }
            try removal.finish()
        }
    }

    private func keys(of ids: Set<BuildID>, _ database: Database) throws -> [Int64] {
        try ids.map { id in
            let sql = "SELECT key FROM builds WHERE id = ?"
            let row = try Row.fetchOne(database, sql: sql, arguments: [id.description]).map(StoredRow.init)
            if let key = row?.integer(0) { return key }
            throw isInJournals(id)
                ? HistoryError(.other, "build \(id) hasn't ended; “caisson builds cancel \(id)” ends it")
                : Self.unknown(id)
        }
    }

    /// The database to be changed; where that can't be as the disk is full, the logs of builds that are to go go first.
    private func database(toMakeRoom ids: Set<BuildID>) throws(HistoryError) -> HistoryDatabase {
        guard obstacle?.code == .full, let database else { return try writable() }
        try makeRoom(ids, database)
        return try HistoryDatabase(place.database, .writing)
    }

    private func makeRoom(_ ids: Set<BuildID>, _ database: HistoryDatabase) throws(HistoryError) {
        _ = try database.read { try keys(of: ids, $0) }
        for id in ids { place.removeFiles(of: id) }
    }

    /// The database to be changed.
    func writable() throws(HistoryError) -> HistoryDatabase {
        if let obstacle { throw obstacle }
        guard let database else {
            throw HistoryError(.notFound, "no build is remembered yet, or another process is at it; try again")
        }
        return database
    }

    /// Whether a build has a journal.
    func isInJournals(_ id: BuildID) -> Bool {
        if case .missing = PathFacts.kind(of: place.journal(of: id)) { false } else { true }
    }

    private static func unknown(_ id: BuildID) -> HistoryError {
        HistoryError(.notFound, "no build \(id) is remembered; “caisson builds ls” lists those that are")
    }
}
