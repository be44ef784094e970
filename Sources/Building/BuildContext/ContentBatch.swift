import CaissonArchive
import Synchronization

/// Some files in the order of a tar, with their content or a piece of it, on the way from the reader to the writer.
///
/// Safety: it is filled by one thread, then handed over, and then only read by another.
final class ContentBatch: @unchecked Sendable {
    /// What comes next.
    enum Record {
        /// Anything but an ordinary file; a regular file's content follows.
        case step(WalkStep)
        /// So many bytes of the last file's content.
        case content(Int)
        /// Ordinary files as they stand in the tar.
        case encoded(Encoded)
    }

    /// A run of files as they stand in a tar.
    struct Encoded {
        /// How many bytes it has.
        var bytes: Int
        /// How many files these are.
        var entries: Int
        /// How many of the bytes are content.
        var content: Int
    }

    /// How much content a batch holds.
    static let capacity = 512 * 1024

    private(set) var records: [Record] = []
    private(set) var used = 0
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 4096)

    deinit { storage.deallocate() }

    /// The room that is left for content.
    var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: storage[used...]) }

    /// Empties it, to be filled again.
    func reset() {
        records.removeAll(keepingCapacity: true)
        used = 0
    }

    /// Adds something without content.
    func add(_ step: WalkStep) { records.append(.step(step)) }

    /// Counts content that was put into the room.
    func add(content count: Int) {
        guard count > 0 else { return }
        records.append(.content(count))
        used += count
    }

    /// Counts a file that was put into the room as it stands in the tar.
    func add(encoded count: Int, content: Int) {
        used += count
        if case .encoded(var run) = records.last {
            run.bytes += count
            run.entries += 1
            run.content += content
            records[records.count - 1] = .encoded(run)
        } else {
            records.append(.encoded(Encoded(bytes: count, entries: 1, content: content)))
        }
    }

    /// Some of the bytes that were put into the room.
    func bytes(at start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[start..<(start + count)])
    }
}

/// Batches that are done with, to be filled again: new memory would cost a page fault for every 4 KiB of content.
final class BatchPool: Sendable {
    private let batches = Mutex<[ContentBatch]>([])

    /// Takes an empty batch.
    func take() -> ContentBatch { batches.withLock { $0.popLast() } ?? ContentBatch() }

    /// Gives back a batch that nobody uses any more.
    func give(_ batch: ContentBatch) {
        batch.reset()
        batches.withLock { $0.append(batch) }
    }
}
