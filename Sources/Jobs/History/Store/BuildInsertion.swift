import CaissonBuildModel
import GRDB

/// Puts builds into the database, in a transaction of the caller's, who says when it was the last; one that is there
/// already is replaced.
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
        if let key = before?.integer(0) { try BuildRemoval(database, names).remove(key) }
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
            let row = StepRow(step, name: try names.use(step.name), output: outputs[step.number] ?? [])
            try run(StepRow.insertion, row.values(build: key, start: start))
        }
    }

    /// Ends what the transaction is for.
    func finish() throws { try names.finish() }

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
