package import CaissonBuildModel
import CaissonSystem
import Glibc
import Synchronization

/// What the steps of a build printed, read by pieces; the file need not be there before the first piece is.
final class JournalOutput: Sendable {
    private let path: String
    private let file = Mutex<SharedDescriptor?>(nil)

    init(_ path: String) {
        self.path = path
        // It is opened now if it is there, so that it can be read on when somebody removes it.
        file.withLock { $0 = try? SharedDescriptor.openToRead(path) }
    }

    /// The bytes of a piece: fewer than its length where the file is cut, none where there is none.
    func bytes(of piece: OutputPiece) throws(HistoryError) -> [UInt8] {
        guard let offset = piece.offset, piece.length > 0, let file = try opened() else { return [] }
        let length = Int(min(piece.length, Int64(JournalReader.pieceLimit)))
        // A number from a broken line must not make room for bytes that aren't there.
        let (end, isOver) = offset.addingReportingOverflow(Int64(length))
        guard !isOver, let size = file.status()?.st_size, size > offset else { return [] }
        return try read(file, from: offset, Int(min(end, Int64(size)) - offset))
    }

    private func opened() throws(HistoryError) -> SharedDescriptor? {
        if let file = file.withLock({ $0 }) { return file }
        do throws(HistoryError) {
            let opened = try SharedDescriptor.openToRead(path)
            file.withLock { $0 = opened }
            return opened
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    private func read(_ file: SharedDescriptor, from offset: Int64, _ length: Int) throws(HistoryError) -> [UInt8] {
        var failure = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            while count < length {
                let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                let result = file.read(into: rest, at: Int(offset) + count)
                if result <= 0 {
                    failure = -result
                    break
                }
                count += result
            }
        }
        guard failure == 0 else { throw HistoryError(errno: Int32(clamping: failure), "\(path) can't be read") }
        return bytes
    }
}

/// The pieces of what the steps of a build printed, one after another, in the order in which they came.
package struct OutputPieces: Sendable {
    private var reader: JournalReader
    private let output: JournalOutput

    /// Opens the journal and the output of a build.
    ///
    /// - Throws: As `JournalReader` does.
    package init(_ place: HistoryPlace, _ id: BuildID) throws(HistoryError) {
        reader = try JournalReader(place, id, output: .pieces)
        output = JournalOutput(place.output(of: id))
    }

    /// The next piece; nil where there are no more for now.
    package mutating func next() throws(HistoryError) -> OutputPiece? {
        while let entry = try reader.next() {
            if case .output(let piece) = entry { return piece }
        }
        return nil
    }

    /// The bytes of a piece: fewer than its length where the file is cut, none where they weren't kept.
    package func bytes(of piece: OutputPiece) throws(HistoryError) -> [UInt8] {
        try output.bytes(of: piece)
    }
}
