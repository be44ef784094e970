package import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc

/// What is forgotten as it is too old or too much.
extension HistoryStore {
    /// How many builds are forgotten in one transaction.
    private static let portion = 200
    /// How many pages of the database are given back at once.
    private static let pages = 2000
    /// How long it is until what is too old is looked for again, in seconds.
    private static let interval: Int64 = 3600

    /// Forgets what is too old or too much if that is due, silently, in a span of time.
    ///
    /// The caller holds the history's lock.
    func cleanUpIfDue(_ retention: HistoryRetention, now: Timestamp, within span: Duration) {
        guard Self.isCleaningDue(place, now) || exceeds(retention) else { return }
        _ = try? cleanUp(retention, now: now, until: ContinuousClock().now + span)
    }

    /// Whether it is an hour since what is too old was looked for, and there is a database.
    static func isCleaningDue(_ place: HistoryPlace, _ now: Timestamp) -> Bool {
        guard case .regular = PathFacts.kind(of: place.database) else { return false }
        guard let last = FileTime.written(place.cleaned) else { return true }
        let before = Timestamp(seconds: now.seconds.clampedAdding(-interval)).storedNanoseconds
        return last < before || last > now.storedNanoseconds
    }

    /// Whether there are more builds than are kept, by a hundredth at least where that is one.
    private func exceeds(_ retention: HistoryRetention) -> Bool {
        guard let limit = retention.count.map({ Int64($0).clampedAdding(Int64($0 / 100)) }) else { return false }
        // All builds are counted in an index, which is less than a look at each.
        return count() > limit && count("WHERE pinned = 0") > limit
    }

    private func count(_ condition: String = "") -> Int64 {
        guard let database else { return 0 }
        let count = try? database.read { database in
            try Row.fetchOne(database, sql: "SELECT COUNT(*) FROM builds \(condition)").map(StoredRow.init)?.integer(0)
        }
        return count.flatMap(\.self) ?? 0
    }

    /// Forgets what is too old or too much, and what no build has: logs, and what is left of journals.
    ///
    /// - Parameters:
    ///   - retention: What is kept.
    ///   - now: The time.
    ///   - end: When it stops, though there be more; nil for no end. What is begun then is ended.
    /// - Throws: `readOnly`, or why it can't be; what was forgotten until then stays so.
    package func cleanUp(
        _ retention: HistoryRetention,
        now: Timestamp,
        until end: ContinuousClock.Instant? = nil
    ) throws(HistoryError) -> HistoryCleaning {
        let database = try writable()
        var cleaning = HistoryCleaning()
        let forgotten = try database.read { database in
            var choice = RetentionChoice(retention, now: now)
            let rows = try Row.fetchCursor(database, sql: "SELECT key, time, size, pinned FROM builds ORDER BY key")
            while let row = try rows.next().map(StoredRow.init) {
                guard let key = row.integer(0), let time = row.integer(1) else { continue }
                choice.add(.init(key: key, time: time, size: row.integer(2) ?? 0, isPinned: row.integer(3) != 0))
            }
            return choice.forgotten
        }
        for start in stride(from: 0, to: forgotten.count, by: Self.portion) {
            // However little time there is, something is forgotten each time.
            if start > 0, let end, ContinuousClock().now >= end {
                cleaning.isWhole = false
                break
            }
            try forget(forgotten[start..<min(start + Self.portion, forgotten.count)], database, &cleaning)
        }
        if cleaning.builds > 0 { try giveBack(database, until: end) }
        guard cleaning.isWhole else { return cleaning }
        cleaning.strayLogs = try removeStrayLogs(database, now)
        DamagedJournals(place).thin(now: now)
        try? AtomicFile.replace(place.cleaned, with: [], .ownerOnly)
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
            try removal.finish()
            return gone
        }
        for (id, size) in gone {
            if let id = BuildID(id) { place.removeFiles(of: id) }
            cleaning.builds += 1
            cleaning.bytes = cleaning.bytes.clampedAdding(size)
        }
    }

    /// Gives the space of what was forgotten back to the file system, in small portions, until a time.
    func giveBack(_ database: HistoryDatabase, until end: ContinuousClock.Instant?) throws(HistoryError) {
        try database.alone { database in
            func free() throws -> Int64 {
                try Row.fetchOne(database, sql: "PRAGMA freelist_count").map(StoredRow.init)?.integer(0) ?? 0
            }
            var before = try free()
            while before > 0 {
                let rows = try Row.fetchCursor(database, sql: "PRAGMA incremental_vacuum(\(Self.pages))")
                while try rows.next() != nil {}
                let left = try free()
                // A database that another program made may give nothing back.
                guard left < before, end.map({ ContinuousClock().now < $0 }) ?? true else { return }
                before = left
            }
        }
    }

    /// Removes logs of yesterday and before that no build has, and what is left of journals, once a day.
    private func removeStrayLogs(_ database: HistoryDatabase, _ now: Timestamp) throws(HistoryError) -> Int {
        // A log comes before its row, so one of today may still get one.
        let yesterday = Timestamp(seconds: now.seconds.clampedAdding(-86_400)).storedNanoseconds
        if let last = FileTime.written(place.sweep), last > yesterday, last <= now.storedNanoseconds { return 0 }
        try? AtomicFile.replace(place.sweep, with: [], .ownerOnly)
        let suffix = ".zst"
        let names = DirectoryNames.sorted(in: place.logs, limit: .max) { $0.hasSuffix(suffix) || $0.hasPrefix(".") }
        // After the names, as a log comes before its row.
        let known = try database.read { database in
            var known: Set<String> = []
            let rows = try Row.fetchCursor(database, sql: "SELECT id FROM builds")
            while let row = try rows.next().map(StoredRow.init) { known.insert(row.text(0) ?? "") }
            return known
        }
        let unknown = names.filter { name in
            let stem = String(name.dropLast(suffix.count))
            return name.hasPrefix(".") || BuildID(stem) != nil && !known.contains(stem)
        }
        return (unknown.map { "\(place.logs)/\($0)" } + strayJournals()).count { path in
            FileTime.written(path).map { $0 < yesterday } == true && unlink(path.cPath) == 0
        }
    }

    /// What writers that were killed left without a journal: beginnings that never got their names, and output.
    private func strayJournals() -> [String] {
        DirectoryNames.sorted(in: place.journals, limit: .max) { name in
            if name.hasPrefix(".") { return name.hasSuffix(".new") }
            guard name.hasSuffix(".output") else { return false }
            return BuildID(String(name.dropLast(".output".count))).map { !isInJournals($0) } ?? false
        }.map { "\(place.journals)/\($0)" }
    }
}
