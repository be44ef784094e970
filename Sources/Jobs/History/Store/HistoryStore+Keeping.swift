package import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc

/// What is kept, and what isn't.
extension HistoryStore {
    /// How many builds are forgotten in one transaction.
    private static let portion = 200

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
        let database = try writable()
        let live = Set(JournalReader.list(place))
        try database.write { database in
            let removal = BuildRemoval(database)
            for id in Set(ids) {
                let sql = "SELECT key FROM builds WHERE id = ?"
                let row = try Row.fetchOne(database, sql: sql, arguments: [id.description]).map(StoredRow.init)
                guard let key = row?.integer(0) else {
                    throw live.contains(id)
                        ? HistoryError(.other, "build \(id) hasn't ended; “caisson builds cancel \(id)” ends it")
                        : Self.unknown(id)
                }
                try removal.remove(key)
            }
        }
        for id in ids { unlink(place.log(of: id).cPath) }
        try giveBack(database)
    }

    /// Forgets what is too old or too much, and logs that no build has.
    ///
    /// - Throws: `readOnly`, or why it can't be; what was forgotten until then stays so.
    package func cleanUp(_ retention: HistoryRetention, now: Timestamp) throws(HistoryError) -> HistoryCleaning {
        let database = try writable()
        var cleaning = HistoryCleaning()
        let (forgotten, count) = try database.read { database in
            var choice = RetentionChoice(retention, now: now)
            var count = 0
            let rows = try Row.fetchCursor(database, sql: "SELECT key, time, size, pinned FROM builds ORDER BY key")
            while let row = try rows.next().map(StoredRow.init) {
                guard let key = row.integer(0), let time = row.integer(1) else { continue }
                count += 1
                choice.add(.init(key: key, time: time, size: row.integer(2) ?? 0, isPinned: row.integer(3) != 0))
            }
            return (choice.forgotten, count)
        }
        for start in stride(from: 0, to: forgotten.count, by: Self.portion) {
            try forget(forgotten[start..<min(start + Self.portion, forgotten.count)], database, &cleaning)
        }
        // A look at every step, which few builds aren't worth.
        if cleaning.builds * 20 > count { try database.write { try BuildRemoval($0).removeUnusedNames() } }
        if cleaning.builds > 0 { try giveBack(database) }
        cleaning.strayLogs = try removeStrayLogs(database, now)
        return cleaning
    }

    private func forget(
        _ builds: ArraySlice<RetentionChoice.Candidate>,
        _ database: HistoryDatabase,
        _ cleaning: inout HistoryCleaning
    ) throws(HistoryError) {
        let gone = try database.write { database in
            let removal = BuildRemoval(database)
            var gone: [(id: String, size: Int64)] = []
            for build in builds {
                // It may have been pinned since, or forgotten by another process.
                let sql = "SELECT id FROM builds WHERE key = ? AND pinned = 0"
                let row = try Row.fetchOne(database, sql: sql, arguments: [build.key]).map(StoredRow.init)
                guard let row else { continue }
                try removal.remove(build.key)
                gone.append((row.text(0) ?? "", build.size))
            }
            return gone
        }
        for (id, size) in gone {
            if let id = BuildID(id) { unlink(place.log(of: id).cPath) }
            cleaning.builds += 1
            cleaning.bytes = cleaning.bytes.clampedAdding(size)
        }
    }

    /// Gives the space of what was forgotten back to the file system.
    private func giveBack(_ database: HistoryDatabase) throws(HistoryError) {
        try database.alone { database in
            let rows = try Row.fetchCursor(database, sql: "PRAGMA incremental_vacuum")
            while try rows.next() != nil {}
        }
    }

    /// Removes logs of yesterday and before that no build has, once a day.
    private func removeStrayLogs(_ database: HistoryDatabase, _ now: Timestamp) throws(HistoryError) -> Int {
        // A log comes before its row, so one of today may still get one.
        let yesterday = Timestamp(seconds: now.seconds - 86_400).storedNanoseconds
        if let last = FileTime.written(place.sweep), last > yesterday, last <= now.storedNanoseconds { return 0 }
        try? AtomicFile.replace(place.sweep, with: [], .ownerOnly)
        let suffix = ".zst"
        let names = DirectoryNames.sorted(in: place.logs, limit: .max) { $0.hasSuffix(suffix) || $0.hasPrefix(".") }
        let unknown = try database.read { database in
            try names.filter { name in
                guard let id = BuildID(String(name.dropLast(suffix.count))) else { return name.hasPrefix(".") }
                return try !BuildInsertion(database).contains(id)
            }
        }
        return unknown.map { "\(place.logs)/\($0)" }.count { path in
            FileTime.written(path).map { $0 < yesterday } == true && unlink(path.cPath) == 0
        }
    }

    private func writable() throws(HistoryError) -> HistoryDatabase {
        if isReadOnly { throw HistoryError(.readOnly, "the history in \(place.directory) can't be changed by you") }
        guard let database else {
            throw HistoryError(.notFound, "no build is remembered yet, or another process is at it; try again")
        }
        return database
    }

    private func isInJournals(_ id: BuildID) -> Bool {
        if case .missing = PathFacts.kind(of: place.journal(of: id)) { false } else { true }
    }

    private static func unknown(_ id: BuildID) -> HistoryError {
        HistoryError(.notFound, "no build \(id) is remembered; “caisson builds ls” lists those that are")
    }
}
