/// A part of a build's output that one step wrote at once.
struct LogPiece: Sendable, Hashable {
    /// The number of the step.
    var step: Int
    /// The stream: 1 is standard output, 2 standard error.
    var stream: Int
    /// Where it begins in the build's output.
    var offset: Int64
    /// How many bytes it has.
    var count: Int64

    /// Where it ends.
    var end: Int64 { offset.addingReportingOverflow(count).overflow ? .max : offset + count }
}

/// Where in a build's output the pieces of a step lie, as it is kept in a column of the database.
///
/// Each piece is the gap before it, its length times four plus its stream (3 where the stream follows as a number by
/// itself), so that a log of one step is a few bytes, however long it is.
enum LogPieceIndex {
    /// The index of the pieces of one step, which are in the order of their offsets; those that touch become one.
    static func bytes(of pieces: [LogPiece]) -> [UInt8] {
        var numbers = PackedNumbers()
        var end: Int64 = 0
        var last: LogPiece?
        func write(_ piece: LogPiece) {
            numbers.append(piece.offset - end)
            numbers.append(piece.count << 2 | Int64((0...2).contains(piece.stream) ? piece.stream : 3))
            if !(0...2).contains(piece.stream) { numbers.append(piece.stream) }
            end = piece.end
        }
        for piece in pieces where piece.count > 0 {
            if let before = last, before.stream == piece.stream, before.end == piece.offset {
                last?.count += piece.count
                continue
            }
            if let last { write(last) }
            last = piece
        }
        if let last { write(last) }
        return numbers.bytes
    }

    /// The pieces of a step; what makes no sense is the end of them.
    static func pieces(of step: Int, _ bytes: [UInt8]) -> [LogPiece] {
        var reader = PackedNumberReader(bytes)
        var pieces: [LogPiece] = []
        var end: Int64 = 0
        while let gap = reader.number(), let size = reader.number() {
            var stream = Int(size & 3)
            if stream == 3 {
                guard let number = reader.integer() else { break }
                stream = number
            }
            let (offset, isOver) = end.addingReportingOverflow(gap)
            let piece = LogPiece(step: step, stream: stream, offset: offset, count: size >> 2)
            guard !isOver, piece.end < .max else { break }
            pieces.append(piece)
            end = piece.end
        }
        return pieces
    }
}
