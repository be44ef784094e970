import CaissonArchive
import CaissonSystem
import CaissonText
import Glibc

/// A log in frames of Zstandard, each of a piece of the output by itself, so that any part is read without the others.
///
///     logs/ID.zst    frame of bytes 0 ..< 1 MiB | frame of 1 MiB ..< 2 MiB | …
///     details.frames length of the output, size of the first frame, of the second, …
struct LogFrames: Sendable, Hashable {
    /// How many bytes of the output are in a frame; the last has what is left.
    static let content = 1 << 20

    /// How long the output is.
    var length: Int64
    /// The sizes of the frames.
    var sizes: [Int]

    /// How large the file is.
    var fileSize: Int64 { Int64(sizes.clampedSum) }

    /// The frames as they stand in the database.
    var bytes: [UInt8] {
        var numbers = PackedNumbers()
        numbers.append(length)
        for size in sizes { numbers.append(size) }
        return numbers.bytes
    }

    /// Frames of a log that was packed.
    init(length: Int64, sizes: [Int]) {
        self.length = length
        self.sizes = sizes
    }

    /// Reads what stands in the database; nil where that is none, or makes no sense.
    init?(_ bytes: [UInt8]) {
        var reader = PackedNumberReader(bytes)
        guard let length = reader.number(), length > 0 else { return nil }
        var sizes: [Int] = []
        // What can't be compressed grows a little.
        while let size = reader.integer(), size <= 2 * Self.content { sizes.append(size) }
        guard Int64(sizes.count) == (length - 1) / Int64(Self.content) + 1 else { return nil }
        self.init(length: length, sizes: sizes)
    }

    /// How many bytes of the output are in a frame.
    func count(of frame: Int) -> Int {
        Int(min(Int64(Self.content), length - Int64(frame) * Int64(Self.content)))
    }

    /// Compresses an output to a log that appears under its name at once; nil where there is no output.
    static func pack(_ output: String, to log: String) throws(HistoryError) -> LogFrames? {
        let number = open(output.cPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw HistoryError(errno: errno, "\(output) can't be read")
        }
        let source = OwnedDescriptor(adopting: number)
        var frames = LogFrames(length: 0, sizes: [])
        do {
            let file = try AtomicFile.open(log, .ownerOnly)
            while true {
                let bytes = try BorrowedDescriptor(number: source.number).read(upTo: content)
                guard !bytes.isEmpty else { break }
                let frame = try ZstdFrame.compressed(bytes)
                try BorrowedDescriptor(number: file.descriptor).write(frame)
                frames.sizes.append(frame.count)
                frames.length += Int64(bytes.count)
                if bytes.count < content { break }
            }
            guard frames.length > 0 else { return nil }
            try file.replace()
            return frames
        } catch let error as Errno {
            let failure = HistoryError(errno: error.number, "\(log) can't be written")
            throw failure.code == .notFound ? HistoryError(.other, failure.message) : failure
        } catch {
            throw HistoryError(.other, "\(log) can't be written: \(error)")
        }
    }
}

/// Reads a packed log at any place.
final class PackedLog {
    private let descriptor: OwnedDescriptor
    private let frames: LogFrames
    private let path: String
    private let starts: [Int64]
    /// The frame that was read last.
    private var last: (frame: Int, bytes: [UInt8])?

    /// Opens the log of a build.
    init(_ path: String, _ frames: LogFrames) throws(HistoryError) {
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw HistoryError(errno: errno, "the log \(path) can't be read") }
        descriptor = OwnedDescriptor(adopting: number)
        self.path = path
        self.frames = frames
        var start: Int64 = 0
        starts = frames.sizes.map { size in
            defer { start += Int64(size) }
            return start
        }
    }

    /// The bytes from a place on, at most so many and no further than the frame goes; none behind the end.
    func bytes(at offset: Int64, upTo count: Int64) throws(HistoryError) -> [UInt8] {
        guard offset >= 0, offset < frames.length, count > 0 else { return [] }
        let frame = Int(offset / Int64(LogFrames.content))
        let content = try self.content(of: frame)
        let start = Int(offset % Int64(LogFrames.content))
        let end = min(Int64(content.count), Int64(start) + min(count, Int64(LogFrames.content)))
        return Int64(start) < end ? Array(content[start..<Int(end)]) : []
    }

    private func content(of frame: Int) throws(HistoryError) -> [UInt8] {
        if let last, last.frame == frame { return last.bytes }
        var packed = [UInt8](repeating: 0, count: frames.sizes[frame])
        var filled = 0
        while filled < packed.count {
            let place = off_t(starts[frame]) + off_t(filled)
            let count = packed.withUnsafeMutableBytes { buffer in
                pread(descriptor.number, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, place)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw HistoryError(errno: errno, "the log \(path) can't be read") }
            guard count > 0 else { throw damaged("it ends too early") }
            filled += count
        }
        let bytes: [UInt8]
        do throws(ArchiveError) {
            bytes = try ZstdFrame.content(of: packed, limit: frames.count(of: frame))
        } catch {
            throw error.code == .libraryMissing ? HistoryError(.other, error.message) : damaged(error.message)
        }
        guard bytes.count == frames.count(of: frame) else { throw damaged("a part of it is too short") }
        last = (frame, bytes)
        return bytes
    }

    private func damaged(_ reason: String) -> HistoryError {
        HistoryError(.damaged, "the log \(path) is damaged: \(reason)")
    }
}
