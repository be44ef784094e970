package import CaissonBuildModel
import CaissonSystem
import GRDB

/// The history of builds for whoever asks about it: the database of ended builds, and the journals of those that run.
///
///     running builds --journals--> HistoryIngest --> builds.sqlite, logs/   <-- HistoryStore --> lists, dossiers, logs
///
/// A build's own process never comes here but to take in what many builds left. What can't be taken in, as the state
/// directory can't be written to or another process is at it, is read from the journals.
package final class HistoryStore: Sendable {
    /// Where it is.
    package let place: HistoryPlace
    /// What was wrong with single builds as it was opened, in words; each is told once.
    package let faults: [String]
    /// Whether nothing in it can be changed.
    package let isReadOnly: Bool
    /// The database; nil where there is none yet.
    let database: HistoryDatabase?

    init(_ place: HistoryPlace, _ database: HistoryDatabase?, faults: [String] = [], isReadOnly: Bool = false) {
        self.place = place
        self.database = database
        self.faults = faults
        self.isReadOnly = isReadOnly
    }

    /// Opens a history and takes in what has ended; where there is none, it is empty, and none is made.
    ///
    /// - Parameters:
    ///   - place: Where it is.
    ///   - patience: How long another process that takes in builds is waited for; then the journals are read.
    /// - Throws: `newer`, `damaged`, or why it can't be read.
    package static func open(
        _ place: HistoryPlace,
        patience: Duration = .seconds(5)
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
        do throws(HistoryError) {
            return try open(place, lock)
        } catch {
            guard [.readOnly, .permission, .full].contains(error.code) else { throw error }
            return try openToRead(place, faults: error.code == .full ? [error.message] : [])
        }
    }

    /// Opens a history whose lock is held, and takes in what has ended.
    static func open(_ place: HistoryPlace, _ lock: borrowing FileLock) throws(HistoryError) -> HistoryStore {
        let database = try HistoryDatabase(place.database, .making)
        var ingest = HistoryIngest(place, database)
        var faults: [String] = []
        do throws(HistoryError) {
            try ingest.run()
        } catch {
            guard error.code != .damaged else { throw error }
            // What couldn't be taken in is read from the journals.
            faults.append(error.message)
        }
        return HistoryStore(place, database, faults: ingest.faults + faults)
    }

    /// Opens a history that can't be written to.
    package static func openToRead(
        _ place: HistoryPlace,
        faults: [String] = []
    ) throws(HistoryError) -> HistoryStore {
        HistoryStore(place, try present(place), faults: faults, isReadOnly: true)
    }

    /// Opens a history that another process takes builds into, which may be making the database just now.
    private static func openBesideOthers(_ place: HistoryPlace) throws(HistoryError) -> HistoryStore {
        guard try present(place) != nil else { return HistoryStore(place, nil) }
        return HistoryStore(place, try HistoryDatabase(place.database, .writing))
    }

    /// The database, to be read; nil where there is none yet, or nothing in it.
    private static func present(_ place: HistoryPlace) throws(HistoryError) -> HistoryDatabase? {
        if case .missing = PathFacts.kind(of: place.database) { return nil }
        let database = try HistoryDatabase(place.database, .reading)
        return database.isEmpty ? nil : database
    }

    /// Takes in what has ended if that is much, for processes that have something else to do.
    ///
    /// It fails silently, waits for nobody, and looks at one directory where there is little.
    ///
    /// - Parameters:
    ///   - place: Where the history is.
    ///   - threshold: How many journals are much.
    ///   - span: How long it may take; what is begun then is ended.
    ///   - retention: What is forgotten afterwards; nil for nothing.
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
        guard names.count >= threshold, (try? place.checkFormat()) == true,
            let lock = try? FileLock.attempt(place.lock, .exclusive)
        else { return [] }
        return ingest(place, lock, within: span, retention, now)
    }

    private static func ingest(
        _ place: HistoryPlace,
        _ lock: borrowing FileLock,
        within span: Duration,
        _ retention: HistoryRetention?,
        _ now: Timestamp
    ) -> [String] {
        guard let database = try? HistoryDatabase(place.database, .making) else { return [] }
        var ingest = HistoryIngest(place, database)
        try? ingest.run(until: ContinuousClock().now + span)
        if let retention { _ = try? HistoryStore(place, database).cleanUp(retention, now: now) }
        return ingest.faults
    }
}
