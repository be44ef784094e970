import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Takes ended journals into the database, under the history's lock.
///
///     journal, output --read, pack--> logs/ID.zst --commit--> row --remove--> journal and output gone
///
/// A process can end between any two steps: as long as the journal is there, it is taken once more, and replaces what
/// was there of it.
struct HistoryIngest {
    /// How many builds go into one transaction.
    static let builds = 64
    /// How many bytes of journals go into one transaction, unless a single one is larger.
    static let bytes: Int64 = 32 << 20

    private let place: HistoryPlace
    private let database: HistoryDatabase
    /// What can't be taken in, in words.
    private(set) var faults: [String] = []

    /// Begins; the caller holds the lock.
    init(_ place: HistoryPlace, _ database: HistoryDatabase) {
        self.place = place
        self.database = database
    }

    /// Takes in what has ended, in the order in which it did.
    ///
    /// - Parameter end: When it stops, though there be more.
    mutating func run(until end: ContinuousClock.Instant? = nil) throws(HistoryError) {
        var taken: [TakenJournal] = []
        var weight: Int64 = 0
        for (id, size) in waiting() {
            if let end, ContinuousClock().now >= end { break }
            do throws(HistoryError) {
                guard let journal = try take(id) else { continue }
                taken.append(journal)
            } catch {
                // What was read until then is read once.
                try finish(taken)
                throw error
            }
            weight += size
            guard taken.count >= Self.builds || weight >= Self.bytes else { continue }
            try finish(taken)
            taken = []
            weight = 0
        }
        try finish(taken)
    }

    private mutating func finish(_ taken: [TakenJournal]) throws(HistoryError) {
        guard !taken.isEmpty else { return }
        try commit(taken)
        remove(taken)
    }

    /// The journals with their sizes, the one that was written to last at the end.
    private func waiting() -> [(id: BuildID, size: Int64)] {
        var journals: [(id: BuildID, time: Int64, size: Int64)] = []
        for id in JournalReader.list(place) {
            let path = place.journal(of: id)
            guard let time = FileTime.written(path), case .regular(let size) = PathFacts.kind(of: path) else {
                continue
            }
            journals.append((id, time, size))
        }
        return journals.sorted { $0.time < $1.time }.map { ($0.id, $0.size) }
    }

    // MARK: The steps, one by one

    /// Reads a journal that has ended and packs its output; nil where it hasn't, or can't be read.
    mutating func take(_ id: BuildID) throws(HistoryError) -> TakenJournal? {
        do throws(HistoryError) {
            guard let claim = try JournalClaim.attempt(place, id) else { return nil }
            return try TakenJournal(place, id, claim)
        } catch {
            switch error.code {
            case .damaged: setAside(id, error)
            case .newer, .notFound: break
            // Nothing more can be taken in now; the build goes on being shown from its journal.
            case .full, .readOnly: throw error
            case .permission where access(place.logs.cPath, W_OK) != 0: throw error
            default: faults.append(error.message)
            }
            return nil
        }
    }

    /// Puts builds into the database.
    func commit(_ taken: [TakenJournal]) throws(HistoryError) {
        try database.write { database in
            let insertion = BuildInsertion(database)
            for journal in taken {
                // Its output was removed after the last time that it was taken, its log is there.
                if journal.isOutputGone, try insertion.contains(journal.dossier.record.id) { continue }
                try insertion.insert(journal.dossier, journal.log, journal.pieces)
            }
            try insertion.finish()
        }
    }

    /// Removes the journals of builds that are in the database.
    mutating func remove(_ taken: [TakenJournal]) {
        for journal in taken {
            do throws(HistoryError) {
                try journal.remove()
            } catch {
                faults.append(error.message)
            }
        }
    }

    /// Moves a journal that can't be read out of the way.
    private mutating func setAside(_ id: BuildID, _ error: HistoryError) {
        let end = DamagedJournals(place).take(id) ? "; it is in \(place.damaged) now" : ""
        faults.append(error.message + end)
    }
}

/// An ended journal that was read, and whose output is packed.
final class TakenJournal {
    /// What is known of the build.
    let dossier: BuildDossier
    /// Where its output is packed; nil where there is none.
    let log: LogFrames?
    /// What each step wrote of it.
    let pieces: [Int: [LogPiece]]
    /// Whether there was output, of which the file is gone.
    let isOutputGone: Bool
    private var claim: JournalClaim?

    /// Reads a journal and packs its output.
    init(_ place: HistoryPlace, _ id: BuildID, _ claim: consuming JournalClaim) throws(HistoryError) {
        var reader = try JournalReader(place, id, output: .pieces)
        var builder = DossierBuilder(reader.submission)
        var told: [OutputPiece] = []
        while let entry = try reader.next() {
            if case .output(let piece) = entry, piece.offset != nil { told.append(joining: piece) }
            builder.add(entry)
        }
        if !builder.hasEnded { builder.add(.end(reader.interruption)) }
        dossier = builder.dossier
        log = told.isEmpty ? nil : try LogFrames.pack(place.output(of: id), to: place.log(of: id))
        isOutputGone = !told.isEmpty && log == nil
        pieces = Self.pieces(told, within: log?.length ?? 0)
        self.claim = consume claim
    }

    /// Removes the journal and its output.
    func remove() throws(HistoryError) {
        guard let claim = claim.take() else { return }
        try claim.remove()
    }

    /// The pieces by step, in order, without those that lie behind the output's end or over another.
    private static func pieces(_ told: [OutputPiece], within length: Int64) -> [Int: [LogPiece]] {
        var pieces: [Int: [LogPiece]] = [:]
        var end: Int64 = 0
        for piece in told.sorted(by: { ($0.offset ?? 0) < ($1.offset ?? 0) }) {
            guard let offset = piece.offset, offset >= end, offset < length, piece.length > 0 else { continue }
            let count = min(piece.length, length - offset)
            end = offset + count
            pieces[piece.step, default: []].append(
                LogPiece(step: piece.step, stream: piece.stream, offset: offset, count: count)
            )
        }
        return pieces
    }
}

extension [OutputPiece] {
    /// Takes a piece, or makes the last one longer that it continues: some builds print a byte at a time.
    fileprivate mutating func append(joining piece: OutputPiece) {
        guard let last, last.step == piece.step, last.stream == piece.stream, let start = last.offset,
            piece.offset == start.clampedAdding(last.length)
        else { return append(piece) }
        self[count - 1].length = last.length.clampedAdding(piece.length)
    }
}
