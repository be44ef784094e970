import CaissonArchive
import CaissonSystem
import CaissonText
import Glibc

/// Files of results that are written beside their names, and read in pieces.
enum ResultFile {
    private static let pieceSize = 1 << 20

    /// Writes a file that readers see whole.
    static func write(
        _ path: String,
        _ permissions: AtomicFile.Permissions,
        _ body: (@escaping TarWriter.Sink) throws(KernelResultError) -> Void
    ) throws(KernelResultError) {
        let file: AtomicFile
        do throws(Errno) {
            file = try AtomicFile.open(path, permissions)
        } catch {
            throw .failed("write", path, error)
        }
        let sink = DescriptorSink(file.descriptor, name: path.quoted) { Task.isCancelled }
        try body { bytes throws(ArchiveError) in try sink.write(bytes) }
        do throws(Errno) {
            try file.replace()
        } catch {
            throw .failed("write", path, error)
        }
    }

    /// Calls with the pieces of an open file, from its position to its end.
    static func forEachPiece(
        of file: SharedDescriptor,
        named name: String,
        _ body: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
    ) throws(ArchiveError) {
        let input = BorrowedDescriptor(number: file.raw)
        while true {
            let piece: [UInt8]
            do throws(Errno) {
                piece = try input.readOnce(upTo: pieceSize)
            } catch {
                throw ArchiveError(.system, "can't read \(name.quoted): \(error)")
            }
            guard !piece.isEmpty else { return }
            try piece.withUnsafeBufferPointer { bytes throws(ArchiveError) in
                try body(UnsafeRawBufferPointer(bytes))
            }
        }
    }
}
