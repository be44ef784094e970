package import CaissonBuildModel
import CaissonText
import GRDB

/// Lists, dossiers and logs.
extension HistoryStore {
    /// The builds of a filter, newest first: by the time that they began, and of one time the last remembered first.
    package func list(_ filter: HistoryFilter) throws(HistoryError) -> [BuildRecord] {
        let offset = max(0, filter.offset)
        let limit = filter.limit > 0 ? filter.limit : nil
        return try readAll { database, live in
            let live = live.filter(filter.accepts).map(\.record)
            guard let database else { return Array(live.dropFirst(offset).prefix(limit ?? .max)) }
            // What stands before the wanted ones may be live ones, as many as there are.
            let skipped = max(0, offset - live.count)
            let reach = limit.map { $0.clampedAdding(offset - skipped) }
            let stored = try HistoryQuery(filter).builds(database, offset: skipped, limit: reach)
            let wanted = Self.merged(live, stored).dropFirst(offset - skipped).prefix(limit ?? .max)
            return wanted.compactMap(\.self)
        }
    }

    private static func merged(_ live: [BuildRecord], _ stored: [HistoryQuery.Found]) -> [BuildRecord?] {
        var merged: [BuildRecord?] = []
        var rest = live[...]
        for found in stored {
            while let next = rest.first, next.orderingTime.storedNanoseconds >= found.time {
                merged.append(next)
                rest = rest.dropFirst()
            }
            merged.append(found.record)
        }
        return merged + rest.map(Optional.some)
    }

    /// What is known of a build in whole.
    ///
    /// - Throws: `notFound`, `damaged`, or why it can't be read.
    package func dossier(of id: BuildID) throws(HistoryError) -> BuildDossier {
        if let stored = try storedDossier(of: id) { return stored }
        do throws(HistoryError) {
            var dossier = try snapshot(place, id)
            dossier.record.isPinned = try isToBePinned(id)
            return dossier
        } catch {
            guard error.code == .notFound else { throw error }
            // It may have been taken in between the two looks.
            if let stored = try storedDossier(of: id) { return stored }
            throw HistoryError(.notFound, "no build \(id) is remembered; “caisson builds ls” lists those that are")
        }
    }

    /// The builds of a filter in whole, newest first; damaged ones are left out.
    package func dossiers(_ filter: HistoryFilter) throws(HistoryError) -> [BuildDossier] {
        var dossiers: [BuildDossier] = []
        var rest = try list(filter)[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.atOnce)
            rest = rest.dropFirst(part.count)
            for (record, stored) in zip(part, try storedDossiers(part)) {
                if let stored {
                    dossiers.append(stored)
                } else if let found = try readable(record.id) {
                    dossiers.append(found)
                }
            }
        }
        return dossiers
    }

    /// A build; nil where it is damaged, or was forgotten meanwhile.
    private func readable(_ id: BuildID) throws(HistoryError) -> BuildDossier? {
        do throws(HistoryError) {
            return try dossier(of: id)
        } catch {
            guard [.notFound, .damaged].contains(error.code) else { throw error }
            return nil
        }
    }

    /// So many builds are read in one transaction, which takes as long to begin and end as a build takes to read.
    private static let atOnce = 256

    /// The builds that are stored and can be read; the others are for a look of their own.
    private func storedDossiers(_ records: ArraySlice<BuildRecord>) throws(HistoryError) -> [BuildDossier?] {
        guard let database else { return records.map { _ in nil } }
        return try database.read { database in
            records.map { record in
                try? Self.stored(record.id, database, known: record.status.isFinal ? record : nil)
            }
        }
    }

    private func storedDossier(of id: BuildID) throws(HistoryError) -> BuildDossier? {
        guard let database else { return nil }
        return try database.read { database in try Self.stored(id, database, known: nil) }
    }

    /// Reads a build; its record isn't read again where it is known.
    private static func stored(_ id: BuildID, _ database: Database, known: BuildRecord?) throws -> BuildDossier? {
        let sql = """
            SELECT b.key, b.time, b.pinned, d.dossier, \(known == nil ? "d.record" : "NULL") FROM builds b
            LEFT JOIN details d ON d.build = b.key WHERE b.id = ?
            """
        let found = try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: [id.description])
        guard let row = found.map(StoredRow.init) else { return nil }
        guard let key = row.integer(0), let time = row.integer(1),
            let record = known ?? row.text(4).flatMap({ BuildDetail.record($0, isPinned: row.integer(2) == 1) })
        else { throw HistoryError(.damaged, "what was remembered of build \(id) is damaged") }
        var dossier = BuildDossier(record)
        if let text = row.text(3) { BuildDetail.complete(&dossier, text) }
        let statement = try database.cachedStatement(sql: StepRow.selection)
        let rows = try Row.fetchCursor(statement, arguments: [key])
        while let row = try rows.next() {
            if let step = StepRow.step(StoredRow(row), start: time) { dossier.steps.append(step) }
        }
        return dossier
    }

    private func isToBePinned(_ id: BuildID) throws(HistoryError) -> Bool {
        guard let database else { return false }
        return try database.read { database in
            try Row.fetchOne(database, sql: "SELECT 1 FROM pins WHERE id = ?", arguments: [id.description]) != nil
        }
    }

    /// What the steps of a build printed, or one of them; of a build that runs what there is for now.
    ///
    /// - Parameters:
    ///   - id: The build.
    ///   - step: The number of a step; nil for all, in the order in which the output came.
    ///   - tail: How many of the last bytes are wanted, for which the rest isn't read; nil for all.
    /// - Throws: `notFound` where there is no such build or step.
    package func log(of id: BuildID, step: Int?, lastBytes tail: Int64? = nil) throws(HistoryError) -> BuildLog {
        if let stored = try storedLog(of: id, step, tail) { return stored }
        do throws(HistoryError) {
            let dossier = try snapshot(place, id)
            if let step, !dossier.steps.contains(where: { $0.number == step }) { throw Self.noStep(step, id) }
            return try BuildLog(place, id, step: step, tail: tail)
        } catch {
            guard error.code == .notFound else { throw error }
            if let stored = try storedLog(of: id, step, tail) { return stored }
            throw error
        }
    }

    private func storedLog(of id: BuildID, _ step: Int?, _ tail: Int64?) throws(HistoryError) -> BuildLog? {
        guard let database else { return nil }
        let found: (frames: LogFrames?, pieces: [LogPiece])? = try database.read { database in
            let sql = "SELECT b.key, d.frames FROM builds b LEFT JOIN details d ON d.build = b.key WHERE b.id = ?"
            let row = try Row.fetchOne(database, sql: sql, arguments: [id.description]).map(StoredRow.init)
            guard let row, let key = row.integer(0) else { return nil }
            let condition = step.map { "AND number = \($0)" } ?? "AND output IS NOT NULL"
            let steps = "SELECT number, output FROM steps WHERE build = ? \(condition)"
            let rows = try Row.fetchAll(database, sql: steps, arguments: [key]).map(StoredRow.init)
            if let step, rows.isEmpty { throw Self.noStep(step, id) }
            let pieces = try rows.flatMap { row in
                LogPieceIndex.pieces(of: Int(row.integer(0) ?? 0), try StepRow.unpacked(row.bytes(1)))
            }
            return (LogFrames(row.bytes(1)), pieces)
        }
        guard let found else { return nil }
        guard let frames = found.frames, !found.pieces.isEmpty else { return .empty }
        return BuildLog(try PackedLog(place.log(of: id), frames), found.pieces, tail: tail)
    }

    private static func noStep(_ step: Int, _ id: BuildID) -> HistoryError {
        HistoryError(.notFound, "build \(id) has no step \(step); “caisson builds show \(id)” lists its steps")
    }
}
