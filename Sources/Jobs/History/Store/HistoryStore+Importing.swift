package import CaissonBuildModel
import CaissonSystem
import CaissonText
import GRDB
import Glibc

/// Builds that were made elsewhere.
extension HistoryStore {
    /// Takes over a build that was made elsewhere, with what its steps printed; it is kept until somebody removes it.
    ///
    /// - Parameters:
    ///   - dossier: What is known of it; one that hasn't ended was interrupted.
    ///   - next: Gives what was printed, piece by piece; nil at the end.
    /// - Returns: Whether it wasn't there before.
    /// - Throws: Why it can't be written, and what `next` throws; then nothing of it is there.
    package func take(_ dossier: BuildDossier, log next: () throws -> BuildLog.Part?) throws -> Bool {
        let database = try writable()
        var dossier = dossier
        let id = dossier.record.id
        guard !isInJournals(id), try database.read({ try !BuildInsertion($0).contains(id) }) else { return false }
        if !dossier.record.status.isFinal { dossier.record.status = .interrupted }
        dossier.record.isPinned = true
        let output = "\(place.journals)/.\(id).import"
        defer { unlink(output.cPath) }
        let pieces = try Self.write(to: output, next)
        let log = pieces.isEmpty ? nil : try LogFrames.pack(output, to: place.log(of: id))
        do {
            try database.write { database in
                let insertion = BuildInsertion(database)
                try insertion.insert(dossier, log, pieces)
                try insertion.finish()
            }
        } catch {
            unlink(place.log(of: id).cPath)
            throw error
        }
        return true
    }

    /// Writes an output, and tells what each step has of it.
    private static func write(to path: String, _ next: () throws -> BuildLog.Part?) throws -> [Int: [LogPiece]] {
        unlink(path.cPath)
        let raw = Glibc.open(path.cPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw HistoryError(errno: errno, "\(path) can't be made") }
        let file = OwnedDescriptor(adopting: raw)
        var pieces: [Int: [LogPiece]] = [:]
        var offset: Int64 = 0
        while let part = try next() {
            guard !part.bytes.isEmpty else { continue }
            do throws(Errno) {
                try BorrowedDescriptor(number: file.number).write(part.bytes)
            } catch {
                throw HistoryError(errno: error.number, "\(path) can't be written")
            }
            let count = Int64(part.bytes.count)
            pieces[part.step, default: []].append(
                LogPiece(step: part.step, stream: part.stream, offset: offset, count: count)
            )
            offset += count
        }
        return pieces
    }
}
