import CaissonBuildModel
import GRDB

/// Puts builds into the database, in a transaction of the caller's; one that is there already is replaced.
struct BuildInsertion {
    private let database: Database
    private let names: StepNames

    /// Begins, in a transaction.
    init(_ database: Database) {
        self.database = database
        names = StepNames(database)
    }

    /// Whether a build is there.
    func contains(_ id: BuildID) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM builds WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.description]) != nil
    }

    /// Puts in a build that ended.
    ///
    /// - Parameters:
    ///   - dossier: What is known of it.
    ///   - log: Where its output is packed.
    ///   - pieces: What of the output each step wrote.
    func insert(_ dossier: BuildDossier, _ log: LogFrames?, _ pieces: [Int: [LogPiece]]) throws {
        let id = dossier.record.id.description
        let old = try Row.fetchOne(database, sql: "SELECT key, pinned FROM builds WHERE id = ?", arguments: [id])
        let before = old.map(StoredRow.init)
        if let key = before?.integer(0) { try BuildRemoval(database).remove(key) }
        try run("DELETE FROM pins WHERE id = ?", [id.databaseValue])
        let isPinned = dossier.record.isPinned || before?.integer(1) == 1 || database.changesCount > 0
        let detail = BuildDetail(dossier)
        let outputs = pieces.mapValues { StepRow.packed(LogPieceIndex.bytes(of: $0)) }
        let text = dossier.searchText
        let size =
            detail.size + text.utf8.count + StepRow.size(dossier.steps) + outputs.values.map(\.count).reduce(0, +)
        try insertRow(dossier.record, before?.integer(0), Int64(size) + (log?.fileSize ?? 0), isPinned)
        let key = database.lastInsertedRowID
        try run(
            "INSERT INTO details (build, record, dossier, frames) VALUES (?, ?, ?, ?)",
            [
                key.databaseValue, detail.record.databaseValue, StoredValue.text(detail.dossier),
                log.map { StoredValue.bytes($0.bytes) } ?? .null,
            ]
        )
        try insertWords(dossier.record, key)
        try run("INSERT INTO searches VALUES (?, ?)", [key.databaseValue, text.databaseValue])
        let start = dossier.record.orderingTime.storedNanoseconds
        for step in dossier.steps {
            let row = StepRow(step, name: try names.key(of: step.name), output: outputs[step.number] ?? [])
            try run(StepRow.insertion, row.values(build: key, start: start))
        }
    }

    private func insertRow(_ record: BuildRecord, _ key: Int64?, _ size: Int64, _ isPinned: Bool) throws {
        let submission = record.submission
        try run(
            """
            INSERT INTO builds (key, id, time, status, job, duration, size, pinned, name, project, owner, batch, place,
                directory) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                StoredValue.number(key), record.id.description.databaseValue,
                record.orderingTime.storedNanoseconds.databaseValue, record.status.stored.databaseValue,
                submission.job.stored.databaseValue, StoredValue.number(record.duration?.storedNanoseconds),
                size.databaseValue, isPinned.databaseValue, StoredValue.text(submission.name),
                StoredValue.text(submission.project), StoredValue.text(submission.owner),
                StoredValue.text(submission.membership?.id.description),
                StoredValue.number((submission.membership?.place).map { Int64($0) }),
                StoredValue.text(submission.membership == nil ? nil : submission.invocation?.directory),
            ]
        )
    }

    private func insertWords(_ record: BuildRecord, _ key: Int64) throws {
        for name in record.searchableImages.sorted() {
            try run("INSERT INTO images VALUES (?, ?)", [key.databaseValue, StoredValue.text(name)])
        }
        for label in Set(record.submission.labels).sorted() {
            try run("INSERT INTO labels VALUES (?, ?)", [key.databaseValue, StoredValue.text(label)])
        }
    }

    private func run(_ sql: String, _ values: [DatabaseValue]) throws {
        let statement = try database.cachedStatement(sql: sql)
        try statement.execute(arguments: StatementArguments(values))
    }
}

/// Takes builds out of the database, in a transaction of the caller's.
struct BuildRemoval {
    private let database: Database

    /// Begins, in a transaction.
    init(_ database: Database) { self.database = database }

    /// Takes out a build by its key.
    func remove(_ key: Int64) throws {
        for table in HistorySchema.parts {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE build = ?").execute(arguments: [key])
        }
        try database.cachedStatement(sql: "DELETE FROM builds WHERE key = ?").execute(arguments: [key])
    }

    /// Takes out the names that no step has any more.
    func removeUnusedNames() throws {
        try database.execute(sql: "DELETE FROM names WHERE key NOT IN (SELECT DISTINCT name FROM steps)")
    }
}

/// The names of steps: each is in the database once.
final class StepNames {
    private let database: Database
    private var known: [String: Int64] = [:]

    /// Begins, in a transaction.
    init(_ database: Database) { self.database = database }

    /// The key of a name, which is put in where it is new.
    func key(of name: String) throws -> Int64 {
        if let key = known[name] { return key }
        let hash = Self.hash(name)
        let text = StoredValue.text(name)
        let find = try database.cachedStatement(sql: "SELECT key FROM names WHERE hash = ? AND text = ?")
        let row = try Row.fetchOne(find, arguments: [hash, text])
        if let key = row.map(StoredRow.init)?.integer(0) {
            known[name] = key
            return key
        }
        let insertion = try database.cachedStatement(sql: "INSERT INTO names (hash, text) VALUES (?, ?)")
        try insertion.execute(arguments: [hash, text])
        known[name] = database.lastInsertedRowID
        return database.lastInsertedRowID
    }

    /// A number of a text that is the same in every process: FNV-1a of 64 bits.
    private static func hash(_ text: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
