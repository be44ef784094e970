import GRDB

/// Takes builds out of the database, in a transaction of the caller's, who says when it was the last.
struct BuildRemoval {
    private let database: Database
    private let names: StepNames

    /// Begins, in a transaction.
    init(_ database: Database) { self.init(database, StepNames(database)) }

    /// Begins, in a transaction in which builds are put in, too.
    init(_ database: Database, _ names: StepNames) {
        self.database = database
        self.names = names
    }

    /// Takes out a build by its key.
    func remove(_ key: Int64) throws {
        let sql = "SELECT name, COUNT(*) FROM steps WHERE build = ? GROUP BY name"
        let rows = try Row.fetchCursor(try database.cachedStatement(sql: sql), arguments: [key])
        while let row = try rows.next().map(StoredRow.init) {
            if let name = row.integer(0) { names.drop(name, row.integer(1) ?? 0) }
        }
        for table in HistorySchema.parts {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE build = ?").execute(arguments: [key])
        }
        try database.cachedStatement(sql: "DELETE FROM builds WHERE key = ?").execute(arguments: [key])
    }

    /// Ends what the transaction is for: takes out the names that no step has any more.
    func finish() throws { try names.finish() }
}
