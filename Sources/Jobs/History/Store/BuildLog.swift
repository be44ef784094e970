import CaissonBuildModel

/// What the steps of a build printed, byte for byte, in the order in which it came.
package final class BuildLog {
    /// A part of it.
    package typealias Part = (step: Int, stream: Int, bytes: [UInt8])

    private enum Source {
        /// A log that was packed.
        case packed(PackedLog)
        /// The output of a build that runs, or of one that wasn't taken in yet.
        case journal(OutputPieces, step: Int?)
        /// Nothing.
        case empty
    }

    private var source: Source
    /// The pieces of a packed log.
    private let pieces: [LogPiece]
    /// The piece that is given next, and how many of its bytes were given already.
    private var index = 0
    private var given: Int64 = 0

    private init(_ source: Source, _ pieces: [LogPiece] = []) {
        self.source = source
        self.pieces = pieces
    }

    /// A log without anything in it.
    static var empty: BuildLog { BuildLog(.empty) }

    /// The log of a build that is in the database.
    convenience init(_ log: PackedLog, _ pieces: [LogPiece]) {
        self.init(.packed(log), pieces.sorted { $0.offset < $1.offset })
    }

    /// The log of a build that has a journal: what is there by now.
    convenience init(_ place: HistoryPlace, _ id: BuildID, step: Int?) throws(HistoryError) {
        self.init(.journal(try OutputPieces(place, id), step: step))
    }

    /// The next part, of a mebibyte at most; nil at the end, of a build that runs at what there is for now.
    package func next() throws(HistoryError) -> Part? {
        switch source {
        case .empty: return nil
        case .packed(let log): return try next(log)
        case .journal(var pieces, let step):
            defer { source = .journal(pieces, step: step) }
            while let piece = try pieces.next() {
                guard piece.offset != nil, step == nil || piece.step == step else { continue }
                let bytes = try pieces.bytes(of: piece)
                if !bytes.isEmpty { return (piece.step, piece.stream, bytes) }
            }
            return nil
        }
    }

    private func next(_ log: PackedLog) throws(HistoryError) -> Part? {
        while index < pieces.count {
            let piece = pieces[index]
            let bytes = try log.bytes(at: piece.offset + given, upTo: piece.count - given)
            given += Int64(bytes.count)
            if bytes.isEmpty || given >= piece.count {
                index += 1
                given = 0
            }
            if !bytes.isEmpty { return (piece.step, piece.stream, bytes) }
        }
        return nil
    }
}
