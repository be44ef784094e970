import CaissonArchive

/// Gives the bytes of an archive in a package, unpacked where they are compressed: once, and never what comes out.
final class PackageStream {
    private static let pieceSize = 256 << 10

    private let input: ByteCursor
    private let unpacker: Unpacker?

    /// A class, as closures can't hold what has one owner.
    private final class Unpacker {
        var stream: Decompressor
        init(_ stream: consuming Decompressor) { self.stream = stream }
    }

    init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let input = ByteCursor(bytes)
        self.input = input
        guard let format = CompressionFormat(beginning: try bytes.prefix(16)) else {
            unpacker = nil
            return
        }
        guard let filter = format.filter else { throw Unpacking.unsupported(format) }
        do throws(ArchiveError) {
            unpacker = Unpacker(try Decompressor.open(filter) { () throws(ArchiveError) in try input.next() })
        } catch {
            throw input.failure ?? Unpacking.problem(error, format)
        }
    }

    /// Why the bytes can't be read.
    var failure: ArtifactProblem? { input.failure }

    /// The next bytes; none at the end.
    func next() throws(ArchiveError) -> [UInt8] {
        guard let unpacker else { return try input.next() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        let count = try unpacker.stream.read(into: buffer)
        return Array(buffer[..<count])
    }
}
