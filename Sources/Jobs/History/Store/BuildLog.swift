import CaissonBuildModel
import CaissonText

/// What the steps of a build printed, byte for byte, in the order in which it came.
package final class BuildLog {
    /// A part of it.
    package typealias Part = (step: Int, stream: Int, bytes: [UInt8])

    private enum Source {
        /// A log that was packed.
        case packed(PackedLog)
        /// The output of a build that runs, or of one that wasn't taken in yet.
        case journal(OutputPieces, step: Int?)
        /// Some pieces of that.
        case told([OutputPiece], OutputPieces)
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
    ///
    /// - Parameter tail: How many of the last bytes are wanted; nil for all.
    convenience init(_ log: PackedLog, _ pieces: [LogPiece], tail: Int64?) {
        self.init(.packed(log), Self.end(of: pieces.sorted { $0.offset < $1.offset }, tail))
    }

    /// The log of a build that has a journal: what is there by now.
    ///
    /// - Parameter tail: How many of the last bytes are wanted; nil for all.
    convenience init(_ place: HistoryPlace, _ id: BuildID, step: Int?, tail: Int64?) throws(HistoryError) {
        let pieces = try OutputPieces(place, id)
        guard let tail else {
            self.init(.journal(pieces, step: step))
            return
        }
        let told = try Self.pieces(pieces, of: step, tail)
        self.init(.told(Self.end(of: told, tail).reversed(), pieces))
    }

    /// The pieces that have the last bytes of what is there by now, and not many more.
    private static func pieces(
        _ all: OutputPieces,
        of step: Int?,
        _ tail: Int64
    ) throws(HistoryError) -> [OutputPiece] {
        var reader = all
        var told: [OutputPiece] = []
        var length: Int64 = 0
        var start = 0
        while let piece = try reader.next() {
            guard piece.offset != nil, step == nil || piece.step == step else { continue }
            told.append(piece)
            length = length.clampedAdding(piece.length)
            while start < told.count, length - told[start].length >= tail {
                length -= told[start].length
                start += 1
            }
            // What isn't wanted any more is let go of now and then.
            if start > 10_000, start > told.count / 2 {
                told.removeFirst(start)
                start = 0
            }
        }
        return Array(told[start...])
    }

    /// The last pieces, with no more than some bytes.
    private static func end<Piece: OutputPart>(of pieces: [Piece], _ tail: Int64?) -> [Piece] {
        guard let tail else { return pieces }
        var end: [Piece] = []
        var left = max(tail, 0)
        for piece in pieces.reversed() where left > 0 {
            end.append(piece.last(left))
            left -= min(left, piece.size)
        }
        return end.reversed()
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
        case .told(var rest, let pieces):
            defer { source = .told(rest, pieces) }
            while let piece = rest.popLast() {
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

/// A part of an output, of which the end can be taken.
private protocol OutputPart {
    /// How many bytes it has.
    var size: Int64 { get }
    /// Its last bytes, at most so many.
    func last(_ count: Int64) -> Self
}

extension LogPiece: OutputPart {
    fileprivate var size: Int64 { count }

    fileprivate func last(_ count: Int64) -> LogPiece {
        guard count < self.count else { return self }
        return LogPiece(step: step, stream: stream, offset: offset + self.count - count, count: count)
    }
}

extension OutputPiece: OutputPart {
    fileprivate var size: Int64 { length }

    fileprivate func last(_ count: Int64) -> OutputPiece {
        guard count < length, let offset else { return self }
        var end = self
        end.place = .at(offset.clampedAdding(length - count))
        end.length = count
        return end
    }
}
