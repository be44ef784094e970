import CaissonSystem
import CaissonText
import GRDB
import Glibc

/// The database of ended builds: one connection, and errors in words.
struct HistoryDatabase: Sendable {
    /// How a database is opened.
    enum Access: Sendable {
        /// Made where it is missing, brought to the newest version, read and written; whoever does that holds the
        /// history's lock.
        case making
        /// Read and written as it is.
        case writing
        /// Read alone, and left as it is.
        case reading
    }

    private let queue: DatabaseQueue
    /// The file.
    let path: String
    /// Whether there are no tables in it yet.
    let isEmpty: Bool

    /// Opens the database.
    ///
    /// - Throws: `newer`, `damaged`, `full`, `readOnly`, `permission`, or what else SQLite says.
    init(_ path: String, _ access: Access) throws(HistoryError) {
        self.path = path
        do {
            switch access {
            case .making, .writing:
                queue = try DatabaseQueue(path: path, configuration: Self.configuration(access))
                chmod(path.cPath, 0o600)
            case .reading:
                queue = try Self.reading(path)
            }
        } catch {
            throw Self.failure(error, path)
        }
        let version = try Self.version(queue, path)
        if access == .making, version < HistorySchema.version { try Self.migrate(queue, path) }
        isEmpty = access != .making && version == 0
    }

    /// Reads in a transaction, so that all that is read is of one time.
    func read<T>(_ body: (Database) throws -> T) throws(HistoryError) -> T {
        do { return try queue.read(body) } catch { throw Self.failure(error, path) }
    }

    /// Writes in a transaction.
    func write<T>(_ body: (Database) throws -> T) throws(HistoryError) -> T {
        do { return try queue.write(body) } catch { throw Self.failure(error, path) }
    }

    /// Does what can't be done in a transaction.
    func alone<T>(_ body: (Database) throws -> T) throws(HistoryError) -> T {
        do { return try queue.writeWithoutTransaction(body) } catch { throw Self.failure(error, path) }
    }

    /// Waits for other processes up to five seconds, and writes its log to the disk at checkpoints.
    private static func configuration(_ access: Access) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.label = "history"
        configuration.readonly = access == .reading
        guard access != .reading else { return configuration }
        configuration.prepareDatabase { database in
            // Of a database that is there already these two say nothing. Rows of details are near the half of 4096.
            try database.execute(sql: "PRAGMA page_size = 8192")
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            let mode = try Row.fetchOne(database, sql: "PRAGMA journal_mode = WAL").map { StoredRow($0).text(0) }
            guard mode == "wal" else { throw HistoryError(.other, "the history's file system has no shared memory") }
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    /// Opens a database for reading where nothing can be written.
    ///
    /// SQLite reads a database with a write-ahead log only with that log's files beside it, which it may have to make;
    /// where that can't be, what is in the database itself is read.
    private static func reading(_ path: String) throws -> DatabaseQueue {
        let configuration = configuration(.reading)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            _ = try queue.read { try Row.fetchOne($0, sql: "SELECT 1 FROM sqlite_master") }
            return queue
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            guard case .regular = PathFacts.kind(of: path) else { throw error }
            return try DatabaseQueue(path: "file:\(escaped(path))?immutable=1", configuration: configuration)
        }
    }

    private static func escaped(_ path: String) -> String {
        path.pathBytes.map { byte in
            let isPlain = byte == UInt8(ascii: "/") || byte.isAlphanumeric
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func version(_ queue: DatabaseQueue, _ path: String) throws(HistoryError) -> Int64 {
        do {
            return try queue.read { database in
                let row = try Row.fetchOne(database, sql: "PRAGMA user_version")
                let version = row.map(StoredRow.init)?.integer(0) ?? 0
                guard version <= HistorySchema.version, try !HistorySchema.migrator.hasBeenSuperseded(database) else {
                    throw HistoryError(.newer, "\(path) is of a newer version of Caisson; update this one")
                }
                return version
            }
        } catch {
            throw failure(error, path)
        }
    }

    private static func migrate(_ queue: DatabaseQueue, _ path: String) throws(HistoryError) {
        do {
            try HistorySchema.migrator.migrate(queue)
        } catch {
            throw failure(error, path)
        }
    }
}

extension HistoryDatabase {
    private static func failure(_ error: any Error, _ path: String) -> HistoryError {
        if let error = error as? HistoryError { return error }
        guard let error = error as? DatabaseError else {
            return HistoryError(.damaged, "\(path) holds what no history has: \(error); \(advice)")
        }
        let words = error.message ?? "SQLite gives no reason"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_MISMATCH:
            return HistoryError(.damaged, "\(path) is damaged (\(words)); \(advice)")
        case .SQLITE_FULL: return HistoryError(.full, "\(path) can't be written: \(words)")
        case .SQLITE_READONLY: return HistoryError(.readOnly, "\(path) can't be written: \(words)")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return HistoryError(.permission, "\(path) can't be opened: \(words)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return HistoryError(.other, "\(path) is in use by another process that doesn't end; try again")
        case .SQLITE_ERROR where words.hasPrefix("no such table") || words.hasPrefix("no such column"):
            return HistoryError(.damaged, "\(path) is no history (\(words)); \(advice)")
        default: return HistoryError(.other, "\(path) can't be used: \(words)")
        }
    }

    private static var advice: String { "move it away to begin a new one" }
}
