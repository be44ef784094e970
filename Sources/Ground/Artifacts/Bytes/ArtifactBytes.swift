package import CaissonSystem
import CaissonText
import Glibc

/// The bytes of an artifact, in memory or in a file, of which only the wanted pieces are read.
///
/// A window on a part of it is of the same type, so that a reader needn't know where its bytes begin.
package struct ArtifactBytes: Sendable {
    private enum Storage: Sendable {
        case memory([UInt8])
        case file(SharedDescriptor)
    }

    private let storage: Storage
    private let start: Int
    /// How many bytes there are.
    package let size: Int

    private init(_ storage: Storage, start: Int, size: Int) {
        self.storage = storage
        self.start = start
        self.size = size
    }

    /// Takes bytes in memory.
    package init(_ bytes: [UInt8]) { self.init(.memory(bytes), start: 0, size: bytes.count) }

    /// Takes an open regular file, from its beginning, whatever its position; its size is that of this moment.
    package init(_ file: SharedDescriptor) throws(ArtifactProblem) {
        guard let status = file.status() else {
            throw ArtifactProblem(.unreadable, "it can't be read (\(Errno.last))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArtifactProblem(.unreadable, "it is not a regular file")
        }
        self.init(.file(file), start: 0, size: max(0, Int(clamping: status.st_size)))
    }

    /// Opens a regular file; a FIFO is an error and doesn't block.
    package static func open(_ path: String) throws(ArtifactProblem) -> ArtifactBytes {
        let raw = Glibc.open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard raw >= 0 else { throw ArtifactProblem(.unreadable, "it can't be read (\(Errno.last))") }
        return try ArtifactBytes(SharedDescriptor(adopting: raw))
    }

    /// Whether there are so many bytes at that place.
    func has(_ count: Int, at offset: Int) -> Bool {
        offset >= 0 && count >= 0 && offset <= size && count <= size - offset
    }

    /// A window on a part; as much of it as there is.
    package func window(at offset: Int, count: Int = .max) -> ArtifactBytes {
        let offset = min(max(0, offset), size)
        return ArtifactBytes(storage, start: start + offset, size: min(max(0, count), size - offset))
    }

    /// Bytes at a place: all that were asked for.
    ///
    /// - Parameter what: What they are, for the message where they aren't all there.
    package func read(_ count: Int, at offset: Int, _ what: String) throws(ArtifactProblem) -> [UInt8] {
        guard has(count, at: offset) else { throw .truncated(what) }
        guard case .file(let file) = storage else { return memory(count, at: offset) }
        let bytes = try Self.read(file, count, at: start + offset)
        guard bytes.count == count else { throw .truncated(what) }
        return bytes
    }

    /// Bytes at a place: as many of those asked for as there are.
    package func prefix(_ count: Int, at offset: Int = 0) throws(ArtifactProblem) -> [UInt8] {
        guard offset >= 0, offset < size else { return [] }
        return try read(min(max(0, count), size - offset), at: offset, "content")
    }

    private func memory(_ count: Int, at offset: Int) -> [UInt8] {
        guard case .memory(let bytes) = storage else { return [] }
        return Array(bytes[(start + offset)..<(start + offset + count)])
    }

    private static func read(_ file: SharedDescriptor, _ count: Int, at offset: Int) throws(ArtifactProblem) -> [UInt8]
    {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let result = pread(file.raw, base + filled, count - filled, off_t(offset + filled))
                if result > 0 {
                    filled += result
                } else if result == 0 || errno != EINTR {
                    failure = result < 0 ? errno : 0
                    return
                }
            }
        }
        guard failure == 0 else { throw ArtifactProblem(.unreadable, "it can't be read (\(Errno(failure)))") }
        return bytes
    }
}

extension ArtifactBytes {
    /// The size of the pieces that whole files are gone through in.
    static let pieceSize = 1 << 20

    /// Goes through the bytes in pieces, in order, until the closure returns false.
    func forEachPiece(_ body: ([UInt8]) throws(ArtifactProblem) -> Bool) throws(ArtifactProblem) {
        var offset = 0
        while offset < size {
            let piece = try prefix(Self.pieceSize, at: offset)
            guard !piece.isEmpty, try body(piece) else { return }
            offset += piece.count
        }
    }
}
