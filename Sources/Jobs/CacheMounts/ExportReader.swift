import CaissonArchive
import CaissonSystem
import CaissonText
import Glibc

/// The result of a save's build: a tar of an image's files, among which is one tar for each mount.
///
/// A class, because the tars within are read by a closure.
final class ExportReader {
    private var tar: TarReader
    /// The mount whose tar is read next.
    private let names: [[UInt8]: Int]
    private static let pieceSize = 1 << 20

    /// - Parameter count: The number of mounts.
    init(_ export: BorrowedDescriptor, count: Int) throws(ArchiveError) {
        tar = try TarReader.open { () throws(ArchiveError) in
            do throws(Errno) {
                return try export.readOnce(upTo: Self.pieceSize)
            } catch {
                throw ArchiveError(.system, "can't read what the engine sent: \(error)")
            }
        }
        var names: [[UInt8]: Int] = [:]
        for place in 0..<count { names[Array(MountScript.savedName(place).utf8)] = place }
        self.names = names
    }

    /// Calls with each mount's tar: the mount's place and the bytes.
    /// - Throws: `ArchiveError`, what `body` throws, and `CacheMountError` when a mount's tar is missing.
    func forEach(_ body: (Int, @escaping TarReader.Source) throws -> Void) throws {
        var seen: Set<Int> = []
        while let entry = try tar.next() {
            guard case .file = entry.kind, let path = MountPath.normalised(entry.path), let place = names[path],
                seen.insert(place).inserted
            else { continue }
            try body(place) { () throws(ArchiveError) in try self.piece() }
        }
        guard seen.count == names.count else {
            throw CacheMountError(.damaged, "the engine sent \(seen.count) of \(names.count) mounts; save them again")
        }
    }

    private func piece() throws(ArchiveError) -> [UInt8] {
        var failure: ArchiveError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            do throws(ArchiveError) {
                count = try tar.read(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
