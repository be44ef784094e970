import GRDB

/// The names of steps: each is in the database once, with the number of steps that have it.
///
/// A name may hold what its user wants to be gone, so it goes in the same transaction as the last step that has it.
final class StepNames {
    private let database: Database
    private var known: [String: Int64] = [:]
    /// How many steps more, or less, have a name now than the database says.
    private var changes: [Int64: Int64] = [:]

    /// Begins, in a transaction.
    init(_ database: Database) { self.database = database }

    /// The key of the name of a step that is put in; a new name is put in.
    func use(_ name: String) throws -> Int64 {
        let key = try key(of: name)
        changes[key, default: 0] += 1
        return key
    }

    /// Takes note of steps that are taken out, by the key of their name.
    func drop(_ key: Int64, _ count: Int64) { changes[key, default: 0] -= count }

    /// Writes how many steps have the names, and takes out those that none has.
    func finish() throws {
        for (key, change) in changes.sorted(by: { $0.key < $1.key }) {
            if change != 0 {
                let update = try database.cachedStatement(sql: "UPDATE names SET uses = uses + ? WHERE key = ?")
                try update.execute(arguments: [change, key])
            }
            guard change <= 0 else { continue }
            let deletion = try database.cachedStatement(sql: "DELETE FROM names WHERE key = ? AND uses <= 0")
            try deletion.execute(arguments: [key])
        }
        changes = [:]
        known = [:]
    }

    private func key(of name: String) throws -> Int64 {
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
