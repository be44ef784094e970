import CaissonArchive

/// Gives the bytes of an artifact one piece after the other, in the way that libarchive asks for them.
final class ByteCursor {
    private static let pieceSize = 256 << 10

    private let bytes: ArtifactBytes
    private var offset = 0
    /// Why the bytes can't be read.
    private(set) var failure: ArtifactProblem?

    init(_ bytes: ArtifactBytes) { self.bytes = bytes }

    /// The next bytes; none at the end.
    func next() throws(ArchiveError) -> [UInt8] {
        do throws(ArtifactProblem) {
            let piece = try bytes.prefix(Self.pieceSize, at: offset)
            offset += piece.count
            return piece
        } catch {
            failure = error
            throw ArchiveError(.system, error.message)
        }
    }
}
