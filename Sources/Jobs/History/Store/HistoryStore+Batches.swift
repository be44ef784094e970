package import CaissonBuildModel
import CaissonText
import GRDB

/// What builds have in common: their batch, or their name.
extension HistoryStore {
    /// The builds of a batch or a task, in its order.
    package func members(of batch: BuildID) throws(HistoryError) -> [BuildRecord] {
        var filter = HistoryFilter()
        filter.batch = batch
        filter.limit = 0
        // The sort keeps the order of those with the same place, oldest first.
        return try list(filter).reversed().enumerated().sorted { a, b in
            (a.element.submission.membership?.place ?? 0, a.offset)
                < (b.element.submission.membership?.place ?? 0, b.offset)
        }.map(\.element)
    }

    /// The batch or task that a text names: its id, or a beginning of it that no other has; nil where there is none.
    ///
    /// - Throws: `ambiguous`, or why the history can't be read.
    package func batch(beginning text: String) throws(HistoryError) -> BuildID? {
        // Nothing else stands in an id, and behind its letters comes the brace.
        guard !text.isEmpty, text.utf8.allSatisfy({ $0.isDigit || $0.isLowercase }) else { return nil }
        let found = try readAll { database, live in
            let running = live.compactMap { $0.record.submission.membership?.id }
            let sql = "SELECT DISTINCT batch FROM builds WHERE batch >= ? AND batch < ? ORDER BY batch LIMIT 3"
            let rows = try database.map { try Row.fetchAll($0, sql: sql, arguments: [text, text + "{"]) } ?? []
            let stored = rows.compactMap { StoredRow($0).text(0).flatMap { BuildID($0) } }
            return Set(stored + running.filter { $0.description.hasPrefix(text) })
        }
        guard found.count > 1 else { return found.first }
        let list = found.map(\.description).sorted().prefix(3).joined(separator: ", ")
        throw HistoryError(
            .ambiguous,
            "several batches have an id that begins with \(text.quoted): \(list); write more of it"
        )
    }

    /// The batch that was begun last.
    ///
    /// - Parameter directory: The directory that it was begun in; nil for any.
    package func latestBatch(directory: String?) throws(HistoryError) -> BuildID? {
        try readAll { database, live in
            let running = live.map(\.record).first { record in
                record.submission.job == .batch && record.submission.membership != nil
                    && (directory == nil || record.submission.invocation?.directory == directory)
            }
            guard let stored = try database.flatMap({ try Self.latestBatch($0, directory) }) else {
                return running?.submission.membership?.id
            }
            guard let running, running.orderingTime.storedNanoseconds >= stored.time else { return stored.id }
            return running.submission.membership?.id
        }
    }

    private static func latestBatch(_ database: Database, _ directory: String?) throws -> (id: BuildID, time: Int64)? {
        var arguments = [BuildSubmission.Job.batch.stored.databaseValue]
        if let directory { arguments.append(StoredValue.text(directory)) }
        let condition = directory == nil ? "" : "AND directory = ?"
        let sql = """
            SELECT batch, time FROM builds WHERE batch IS NOT NULL AND job = ? \(condition)
            ORDER BY \(HistoryQuery.order) LIMIT 1
            """
        let row = try Row.fetchOne(database, sql: sql, arguments: StatementArguments(arguments)).map(StoredRow.init)
        guard let row, let id = row.text(0).flatMap({ BuildID($0) }) else { return nil }
        return (id, row.integer(1) ?? 0)
    }

    /// How long builds of each name take: the median of the last ones that succeeded; of names that never did nothing.
    ///
    /// - Parameters:
    ///   - names: The names of targets.
    ///   - project: The project whose builds count; nil for those of any.
    ///   - limit: How many of the last builds count.
    package func medians(names: [String], project: String?, limit: Int) -> [String: Duration] {
        guard let database, limit > 0 else { return [:] }
        let medians = try? database.read { database in
            let condition = project == nil ? "" : "AND project = ?"
            let sql = """
                SELECT duration FROM builds WHERE name = ? AND status = \(BuildStatus.succeeded.stored)
                AND duration IS NOT NULL \(condition) ORDER BY \(HistoryQuery.order) LIMIT \(limit)
                """
            let statement = try database.cachedStatement(sql: sql)
            var medians: [String: Duration] = [:]
            for name in Set(names) {
                var arguments = [StoredValue.text(name)]
                if let project { arguments.append(StoredValue.text(project)) }
                let rows = try Row.fetchAll(statement, arguments: StatementArguments(arguments))
                medians[name] = Self.median(rows.compactMap { StoredRow($0).integer(0) })
            }
            return medians
        }
        return medians ?? [:]
    }

    private static func median(_ spans: [Int64]) -> Duration? {
        guard !spans.isEmpty else { return nil }
        let sorted = spans.sorted()
        let upper = sorted[sorted.count / 2]
        let lower = sorted[(sorted.count - 1) / 2]
        return .nanoseconds(lower) + .nanoseconds(upper &- lower) / 2
    }
}
