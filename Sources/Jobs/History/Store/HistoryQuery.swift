import CaissonBuildModel
import GRDB

/// A filter as SQL.
struct HistoryQuery {
    /// The order of lists: by the time that builds began, and of one time the last remembered first.
    static let order = "time DESC, key DESC"

    private var conditions: [String] = []
    private var arguments: [DatabaseValue] = []

    /// Translates a filter, but for the number of builds.
    init(_ filter: HistoryFilter) {
        if !filter.statuses.isEmpty {
            let codes = filter.statuses.map(\.stored).sorted().map(String.init).joined(separator: ", ")
            conditions.append("status IN (\(codes))")
        }
        if let job = filter.job { add("job = ?", job.stored.databaseValue) }
        if let project = filter.project { add("project = ?", StoredValue.text(project)) }
        if let owner = filter.owner { add("owner = ?", StoredValue.text(owner)) }
        if let batch = filter.batch { add("batch = ?", batch.description.databaseValue) }
        if let since = filter.since { add("time >= ?", since.storedNanoseconds.databaseValue) }
        if let until = filter.until { add("time < ?", until.storedNanoseconds.databaseValue) }
        if let span = filter.longerThan { add("duration > ?", span.storedNanoseconds.databaseValue) }
        if let label = filter.label {
            add("key IN (SELECT build FROM labels WHERE name = ?)", StoredValue.text(label))
        }
        if let image = filter.image { add(ImagePattern(image)) }
        if let text = filter.text {
            let wanted = SearchText.folded(text)
            // Two scans: one over the few bytes of each search text, and the builds that it finds.
            add("key IN (SELECT build FROM searches WHERE instr(text, ?))", wanted.databaseValue)
        }
    }

    private mutating func add(_ condition: String, _ argument: DatabaseValue) {
        conditions.append(condition)
        arguments.append(argument)
    }

    private mutating func add(_ image: ImagePattern) {
        if let name = image.exactName {
            add("key IN (SELECT build FROM images WHERE name = ?)", StoredValue.text(name))
        } else {
            add("key IN (SELECT build FROM images WHERE name GLOB ?)", image.glob.databaseValue)
        }
    }

    /// A build that was found.
    struct Found: Sendable {
        /// Its place in the order in which builds were remembered.
        var key: Int64
        /// The time that it is sorted by, in nanoseconds.
        var time: Int64
        /// What is known of it; nil where that can't be read.
        var record: BuildRecord?
    }

    /// The builds, newest first: after the first `offset`, at most `limit`; all for nil.
    func builds(_ database: Database, offset: Int, limit: Int?) throws -> [Found] {
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = """
            SELECT b.key, b.time, b.pinned, d.record FROM (
                SELECT key, time, pinned FROM builds \(condition) ORDER BY \(Self.order) LIMIT ? OFFSET ?
            ) b LEFT JOIN details d ON d.build = b.key ORDER BY b.time DESC, b.key DESC
            """
        let range = [Int64(limit ?? -1).databaseValue, Int64(offset).databaseValue]
        let rows = try Row.fetchCursor(database, sql: sql, arguments: StatementArguments(arguments + range))
        var found: [Found] = []
        while let row = try rows.next().map(StoredRow.init) {
            guard let key = row.integer(0), let time = row.integer(1) else { continue }
            let record = row.text(3).flatMap { BuildDetail.record($0, isPinned: row.integer(2) == 1) }
            found.append(Found(key: key, time: time, record: record))
        }
        return found
    }
}
