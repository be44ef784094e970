import CaissonSystem

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
    /// Why nothing in it can be changed; nil where it can.
    package let obstacle: HistoryError?
    /// The database; nil where there is none yet, or none that can be read.
    let database: HistoryDatabase?

    init(
        _ place: HistoryPlace,
        _ database: HistoryDatabase?,
        faults: [String] = [],
        obstacle: HistoryError? = nil
    ) {
        self.place = place
        self.database = database
        self.faults = faults
        self.obstacle = obstacle
    }

    /// Whether nothing in it can be changed.
    package var isReadOnly: Bool { obstacle != nil }

    /// Opens a history that can't be written to.
    ///
    /// - Parameters:
    ///   - place: Where it is.
    ///   - faults: What was wrong already, in words.
    ///   - obstacle: Why nothing in it can be changed; nil where it isn't the caller's.
    package static func openToRead(
        _ place: HistoryPlace,
        faults: [String] = [],
        obstacle: HistoryError? = nil
    ) throws(HistoryError) -> HistoryStore {
        let reason = HistoryError(.readOnly, "the history in \(place.directory) can't be changed by you")
        return HistoryStore(place, try present(place), faults: faults, obstacle: obstacle ?? reason)
    }

    /// The builds that have journals: those that run, and those that ended since builds were last taken in.
    ///
    /// For whoever asks about these alone where the database can't be used, such as one of a newer version; nothing is
    /// written.
    ///
    /// - Parameter error: Why the database can't be used.
    package static func journalsAlone(_ place: HistoryPlace, because error: HistoryError) -> HistoryStore {
        let fault = "\(error.message); only builds that run, or were not taken into it yet, are known"
        return HistoryStore(place, nil, faults: [fault], obstacle: error)
    }

    /// The database, to be read; nil where there is none yet, or nothing in it.
    static func present(_ place: HistoryPlace) throws(HistoryError) -> HistoryDatabase? {
        if case .missing = PathFacts.kind(of: place.database) { return nil }
        let database = try HistoryDatabase(place.database, .reading)
        return database.isEmpty ? nil : database
    }
}
