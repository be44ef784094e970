import Glibc

/// Compares bytes, in pieces.
enum ByteComparison {
    /// Where two differ first: at the end of the shorter one where it is the beginning of the other; nil where they
    /// are equal.
    static func firstDifference(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes
    ) throws(ArtifactProblem) -> Int? {
        let common = min(first.size, second.size)
        var offset = 0
        while offset < common {
            let count = min(ArtifactBytes.pieceSize, common - offset)
            let pieces = (try first.read(count, at: offset, "content"), try second.read(count, at: offset, "content"))
            if let place = place(pieces.0, pieces.1) { return offset + place }
            offset += count
        }
        return first.size == second.size ? nil : common
    }

    private static func place(_ first: [UInt8], _ second: [UInt8]) -> Int? {
        first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                let count = min(first.count, second.count)
                guard let a = first.baseAddress, let b = second.baseAddress, memcmp(a, b, count) != 0 else {
                    return nil
                }
                return (0..<count).first { first[$0] != second[$0] }
            }
        }
    }

    /// How many bytes of this value are before a place.
    static func count(_ value: UInt8, in bytes: ArtifactBytes, before place: Int) throws(ArtifactProblem) -> Int {
        var count = 0
        try bytes.window(at: 0, count: place).forEachPiece { piece throws(ArtifactProblem) in
            count += piece.withUnsafeBytes { $0.count { $0 == value } }
            return true
        }
        return count
    }
}
