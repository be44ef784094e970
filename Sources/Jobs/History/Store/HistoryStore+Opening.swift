package import CaissonBuildModel
import CaissonSystem

/// How a history is opened, and what has ended is taken in.
extension HistoryStore {
    /// How long another process that writes the database is waited for before builds are shown from their journals.
    private static let ingestPatience = Duration.seconds(1)
    /// How long what is too old is removed for while somebody waits for an answer; the next one goes on with it.
    private static let cleaningSpan = Duration.milliseconds(500)

    /// Opens a history and takes in what has ended; where there is none, it is empty, and none is made.
    ///
    /// - Parameters:
    ///   - place: Where it is.
    ///   - patience: How long another process that takes in builds is waited for; then the journals are read.
    ///   - retention: What is forgotten now and then; nil for nothing.
    ///   - now: The time.
    /// - Throws: `newer`, `damaged`, or why it can't be read.
    package static func open(
        _ place: HistoryPlace,
        patience: Duration = .seconds(5),
        retention: HistoryRetention? = nil,
        now: Timestamp = .now
    ) async throws(HistoryError) -> HistoryStore {
        guard try place.checkFormat() else { return HistoryStore(place, nil) }
        let end = ContinuousClock().now + patience
        let lock: FileLock?
        do {
            lock = try await FileLock.wait(place.lock, .exclusive, until: end)
        } catch let error as SystemError where error.code == .permission {
            return try openToRead(place)
        } catch let error as SystemError {
            throw HistoryError(error)
        } catch {
            // The wait was cancelled; what can be read at once is read.
            return try openBesideOthers(place)
        }
        guard let lock else { return try openBesideOthers(place) }
        return try openOrRead(place) { () throws(HistoryError) in
            let store = try open(place, lock, patience: min(patience, ingestPatience))
            if let retention { store.cleanUpIfDue(retention, now: now, within: cleaningSpan) }
            return store
        }
    }

    /// Opens a history whose lock is held, and takes in what has ended.
    private static func open(
        _ place: HistoryPlace,
        _ lock: borrowing FileLock,
        patience: Duration
    ) throws(HistoryError) -> HistoryStore {
        let database = try HistoryDatabase(place.database, .making, patience: patience)
        var ingest = HistoryIngest(place, database)
        var faults: [String] = []
        do throws(HistoryError) {
            try ingest.run()
        } catch {
            guard error.code != .damaged else { throw error }
            // What couldn't be taken in is read from the journals.
            faults.append(error.message)
        }
        try database.bePatient()
        return HistoryStore(place, database, faults: ingest.faults + faults)
    }

    /// Opens a history that another process takes builds into, which may be making the database just now.
    private static func openBesideOthers(_ place: HistoryPlace) throws(HistoryError) -> HistoryStore {
        guard let present = try present(place) else { return HistoryStore(place, nil) }
        guard present.version == HistorySchema.version else {
            let reason = "the history in \(place.directory) is just brought to this version; try again"
            return HistoryStore(place, present, obstacle: HistoryError(.busy, reason))
        }
        return try openOrRead(place) { () throws(HistoryError) in
            HistoryStore(place, try HistoryDatabase(place.database, .writing))
        }
    }

    /// Opens a history to be changed, or else to be read.
    private static func openOrRead(
        _ place: HistoryPlace,
        _ body: () throws(HistoryError) -> HistoryStore
    ) throws(HistoryError) -> HistoryStore {
        do throws(HistoryError) {
            return try body()
        } catch {
            switch error.code {
            // Whoever may not write needn't be told each time that builds are shown from their journals.
            case .readOnly, .permission: return try openToRead(place, obstacle: error)
            case .full, .busy: return try openToRead(place, faults: [error.message], obstacle: error)
            default: throw error
            }
        }
    }

    /// Takes in what has ended if that is much, and forgets what is too old, for processes that have something else to do.
    ///
    /// It fails silently, waits for nobody, and looks at one directory where there is little.
    ///
    /// - Parameters:
    ///   - place: Where the history is.
    ///   - threshold: How many journals are much.
    ///   - span: How long it may take; what is begun then is ended.
    ///   - retention: What is forgotten now and then; nil for nothing.
    ///   - now: The time.
    /// - Returns: What was wrong with single builds, in words.
    @discardableResult package static func ingestIfMany(
        _ place: HistoryPlace,
        threshold: Int = 64,
        within span: Duration,
        retention: HistoryRetention? = nil,
        now: Timestamp
    ) -> [String] {
        let names = DirectoryNames.sorted(in: place.journals, limit: threshold) { $0.hasSuffix(".journal") }
        let isMuch = names.count >= threshold
        guard isMuch || retention != nil && isCleaningDue(place, now), (try? place.checkFormat()) == true,
            let lock = try? FileLock.attempt(place.lock, .exclusive)
        else { return [] }
        let end = ContinuousClock().now + span
        return work(place, lock, ingests: isMuch, until: end) { store in
            let left = max(end - .now, .zero)
            if let retention { store.cleanUpIfDue(retention, now: now, within: left) }
        }
    }

    private static func work(
        _ place: HistoryPlace,
        _ lock: borrowing FileLock,
        ingests: Bool,
        until end: ContinuousClock.Instant,
        afterwards: (HistoryStore) -> Void
    ) -> [String] {
        guard let database = try? HistoryDatabase(place.database, .making, patience: .zero) else { return [] }
        var ingest = HistoryIngest(place, database)
        if ingests { try? ingest.run(until: end) }
        afterwards(HistoryStore(place, database))
        return ingest.faults
    }
}
