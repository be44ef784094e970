import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB

/// How large the history is, and whether it is whole.
extension HistoryStore {
    /// How many bytes it takes on the disk, journals included.
    package func size() -> Int64 {
        let files = ["", "-wal", "-shm"].map { place.database + $0 }
        let inside = [place.logs, place.journals, place.damaged].flatMap { directory in
            DirectoryNames.sorted(in: directory, limit: .max).map { "\(directory)/\($0)" }
        }
        return (files + inside).map { path in
            if case .regular(let size) = PathFacts.kind(of: path) { size } else { 0 }
        }.clampedSum
    }

    /// What is wrong with the database and the logs, in words, the first few of each; nothing where all is well.
    package func integrityFaults() -> [String] {
        guard let database else { return [] }
        do throws(HistoryError) {
            let faults = try database.read { try Self.faults(of: $0) }
            return try faults + faultsOfBuilds(database)
        } catch {
            return [error.message]
        }
    }

    /// How many faults of a kind are told.
    private static let limit = 20

    private static func faults(of database: Database) throws -> [String] {
        let rows = try Row.fetchAll(database, sql: "PRAGMA integrity_check(\(limit))")
        let words = rows.compactMap { StoredRow($0).text(0) }.filter { $0 != "ok" }
        let nameless = try Row.fetchAll(
            database,
            sql: "SELECT DISTINCT build FROM steps WHERE name NOT IN (SELECT key FROM names) LIMIT \(limit)"
        )
        return words
            + nameless.compactMap { StoredRow($0).integer(0).map { "steps of build number \($0) lost their names" } }
    }

    private func faultsOfBuilds(_ database: HistoryDatabase) throws(HistoryError) -> [String] {
        let place = place
        return try database.read { database in
            let sql = "SELECT b.id, d.record, d.frames FROM builds b LEFT JOIN details d ON d.build = b.key"
            let rows = try Row.fetchCursor(database, sql: sql)
            var faults: [String] = []
            while faults.count < Self.limit, let row = try rows.next().map(StoredRow.init) {
                guard let text = row.text(0), let id = BuildID(text) else {
                    faults.append("a build has an id that is none")
                    continue
                }
                let record = row.text(1).flatMap { BuildDetail.record($0, isPinned: false) }
                if record?.id != id { faults.append("what is remembered of build \(id) can't be read") }
                let frames = row.bytes(2)
                guard !frames.isEmpty else { continue }
                guard let frames = LogFrames(frames) else {
                    faults.append("the index of build \(id)'s log can't be read")
                    continue
                }
                switch PathFacts.kind(of: place.log(of: id)) {
                case .regular(frames.fileSize): continue
                case .missing: faults.append("the log of build \(id) is gone: \(place.log(of: id))")
                default: faults.append("the log of build \(id) has another size than it was written with")
                }
            }
            return faults
        }
    }
}
