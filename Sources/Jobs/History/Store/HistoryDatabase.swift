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
    /// The version of its tables; 0 where there are none yet.
    let version: Int64

    /// How long other processes are waited for.
    static let patience = Duration.seconds(5)

    /// Opens the database.
    ///
    /// - Parameter patience: How long other processes that write it are waited for.
    /// - Throws: `newer`, `damaged`, `full`, `readOnly`, `permission`, `busy`, or what else SQLite says.
    init(_ path: String, _ access: Access, patience: Duration = Self.patience) throws(HistoryError) {
        self.path = path
        if access == .making { Self.make(path) }
        do {
            switch access {
            case .making, .writing:
                queue = try DatabaseQueue(path: path, configuration: Self.configuration(access, patience))
                chmod(path.cPath, 0o600)
            case .reading:
                queue = try Self.reading(path)
            }
        } catch {
            throw Self.failure(error, path)
        }
        let found = try Self.version(queue, path)
        if access == .making, found < HistorySchema.version { try Self.migrate(queue, path) }
        version = access == .making ? Int64(HistorySchema.version) : found
    }

    /// Whether there are no tables in it yet.
    var isEmpty: Bool { version == 0 }

    /// Waits for other processes as long as is usual from here on.
    func bePatient() throws(HistoryError) {
        try alone { try $0.execute(sql: "PRAGMA busy_timeout = \(Self.patience.components.seconds * 1000)") }
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

    /// Makes the file for its owner alone; SQLite makes those beside it as this one is.
    private static func make(_ path: String) {
        let descriptor = open(path.cPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Where it can't be made, SQLite says why. Where it is there it isn't opened: SQLite's locks would go as it is
        // closed.
        if descriptor >= 0 { close(descriptor) }
    }

    /// Writes the log to the disk at checkpoints.
    private static func configuration(_ access: Access, _ patience: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = patience > .zero ? .timeout(patience / .seconds(1)) : .immediateError
        configuration.foreignKeysEnabled = false
        configuration.label = "history"
        configuration.readonly = access == .reading
        guard access != .reading else { return configuration }
        configuration.prepareDatabase { database in
            // Of a database that is there already these two say nothing, but the second would wait for its writer.
            let version = try Row.fetchOne(database, sql: "PRAGMA user_version").map(StoredRow.init)?.integer(0)
            if version == 0 {
                // Rows of details are near the half of 4096.
                try database.execute(sql: "PRAGMA page_size = 8192")
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            // What is removed is gone; some distributions' SQLite has it so of itself.
            try database.execute(sql: "PRAGMA secure_delete = ON")
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
        let configuration = configuration(.reading, patience)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            _ = try queue.read { try Row.fetchOne($0, sql: "SELECT 1 FROM sqlite_master") }
            return queue
        } catch let error as DatabaseError where isRefusal(error.resultCode) {
            guard case .regular = PathFacts.kind(of: path) else { throw error }
            return try DatabaseQueue(path: "file:\(escaped(path))?immutable=1", configuration: configuration)
        }
    }

    /// Whether SQLite says so where it can't make or write the files beside a database.
    private static func isRefusal(_ code: ResultCode) -> Bool {
        [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_FULL].contains(code)
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
        case .SQLITE_IOERR:
            // So it says where there is no room for its files, too.
            return HistoryError(.full, "\(path) can't be used (\(words)); the disk may be full")
        case .SQLITE_READONLY: return HistoryError(.readOnly, "\(path) can't be written: \(words)")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return HistoryError(.permission, "\(path) can't be opened: \(words)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return HistoryError(.busy, "\(path) is in use by another process that doesn't end; try again")
        case .SQLITE_ERROR where words.hasPrefix("no such table") || words.hasPrefix("no such column"):
            return HistoryError(.damaged, "\(path) is no history (\(words)); \(advice)")
        default: return HistoryError(.other, "\(path) can't be used: \(words)")
        }
    }

    private static var advice: String { "move it away to begin a new one" }
}
