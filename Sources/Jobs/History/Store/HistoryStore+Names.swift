package import CaissonBuildModel
import CaissonText
import GRDB

/// How people name a build.
extension HistoryStore {
    /// How many builds an error lists.
    private static let listed = 5

    /// The build that a text names: an id, `latest`, `^1` for the one before the newest, the name of a target for the
    /// newest build of it, or the beginning of an id that no other id has.
    ///
    /// A name is looked for before the beginning of an id, as among many ids some begin like any short name.
    ///
    /// - Throws: `notFound` or `ambiguous`, with what to do.
    package func id(of text: String) throws(HistoryError) -> BuildID {
        if text == "latest" { return try id(before: 0, text) }
        if text.hasPrefix("^") {
            guard let number = Int(text.dropFirst()), number >= 0 else {
                throw HistoryError(.notFound, "\(text.quoted) names no build; write ^1 for the one before the newest")
            }
            return try id(before: number, text)
        }
        return try readAll { database, live in
            let live = live.map(\.record)
            if let id = BuildID(text), try Self.exists(id, database, live) { return id }
            if let id = try Self.newest(named: text, database, live) { return id }
            return try Self.id(beginning: text, database, live)
        }
    }

    private static func exists(_ id: BuildID, _ database: Database?, _ live: [BuildRecord]) throws -> Bool {
        if live.contains(where: { $0.id == id }) { return true }
        return try database.map { try BuildInsertion($0).contains(id) } ?? false
    }

    private func id(before number: Int, _ text: String) throws(HistoryError) -> BuildID {
        var filter = HistoryFilter()
        filter.limit = 1
        filter.offset = number
        if let record = try list(filter).first { return record.id }
        throw HistoryError(.notFound, "\(text.quoted) names no build: there are not so many")
    }

    private static func newest(
        named name: String,
        _ database: Database?,
        _ live: [BuildRecord]
    ) throws -> BuildID? {
        let running = live.first { $0.submission.name == name }
        let sql = "SELECT id, time FROM builds WHERE name = ? ORDER BY \(HistoryQuery.order) LIMIT 1"
        let row = try database.flatMap { try Row.fetchOne($0, sql: sql, arguments: [StoredValue.text(name)]) }
        guard let row = row.map(StoredRow.init), let id = row.text(0).flatMap({ BuildID($0) }) else {
            return running?.id
        }
        if let running, running.orderingTime.storedNanoseconds >= row.integer(1) ?? 0 { return running.id }
        return id
    }

    private static func id(beginning text: String, _ database: Database?, _ live: [BuildRecord]) throws -> BuildID {
        var found = live.map(\.id).filter { !text.isEmpty && $0.description.hasPrefix(text) }
        if let database { found += try ids(database, beginning: text, limit: listed + 1) }
        guard let first = found.first else {
            throw HistoryError(
                .notFound,
                "no build is named \(text.quoted), by its id or its target; “caisson builds ls” lists those that are"
            )
        }
        guard found.count > 1 else { return first }
        let list = found.prefix(listed).map(\.description).joined(separator: ", ") + (found.count > listed ? ", …" : "")
        throw HistoryError(
            .ambiguous,
            "several builds have an id that begins with \(text.quoted): \(list); write more of it"
        )
    }

    private static func ids(_ database: Database, beginning text: String, limit: Int) throws -> [BuildID] {
        guard let (first, last) = range(of: text) else { return [] }
        let sql = "SELECT id FROM builds WHERE id >= ? AND id < ? ORDER BY id LIMIT \(limit)"
        let rows = try Row.fetchAll(database, sql: sql, arguments: [first, last])
        return rows.compactMap { StoredRow($0).text(0).flatMap { BuildID($0) } }
    }

    /// The texts between which the ids of a beginning lie; nil where no id begins so.
    private static func range(of text: String) -> (first: String, last: String)? {
        // Behind `z`, the last character of an id.
        guard !text.isEmpty, text.utf8.allSatisfy({ $0.isDigit || $0.isLowercase }) else { return nil }
        return (text, text + "{")
    }

    /// The ids that begin so, the newest fifty, with what they are of, for a shell that completes them.
    package func completions(prefix: String) -> [(id: BuildID, description: String)] {
        let records = try? readAll { database, live in
            let live = live.map(\.record).filter { $0.id.description.hasPrefix(prefix) }
            return live + (try database.map { try Self.records($0, prefix: prefix) } ?? [])
        }
        return (records ?? []).map { ($0.id, $0.shortDescription) }
    }

    private static func records(_ database: Database, prefix: String) throws -> [BuildRecord] {
        guard let (first, last) = prefix.isEmpty ? ("", "{") : range(of: prefix) else { return [] }
        let sql = """
            SELECT d.record FROM (SELECT key, time FROM builds WHERE +id >= ? AND +id < ?
                ORDER BY \(HistoryQuery.order) LIMIT 50) b JOIN details d ON d.build = b.key
            ORDER BY b.time DESC, b.key DESC
            """
        let rows = try Row.fetchAll(database, sql: sql, arguments: [first, last])
        return rows.compactMap { StoredRow($0).text(0).flatMap { BuildDetail.record($0, isPinned: false) } }
    }
}

extension BuildRecord {
    /// What it is of and how it stands, in a few words.
    fileprivate var shortDescription: String {
        let what = submission.name ?? images.first?.names.first ?? submission.images.first ?? submission.context
        return "\(what ?? submission.job.rawValue), \(status.rawValue)"
    }
}
