import CaissonArchive
import Synchronization

/// Some files in the order of a tar, each with its content or a piece of it, on the way from the reader to the writer.
///
/// Safety: one thread fills it and hands it over; after that another thread only reads it.
final class ContentBatch: @unchecked Sendable {
    /// What comes next.
    enum Record {
        /// Anything but an ordinary file; the content of a regular file follows.
        case step(WalkStep)
        /// This many bytes of the last file's content.
        case content(Int)
        /// Ordinary files, encoded as the tar has them.
        case encoded(Encoded)
    }

    /// A run of files, encoded as the tar has them.
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

    /// The room that is still free for content.
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

    /// Counts a file that was encoded into the room.
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

/// Batches that nobody uses any more, to be filled again: new memory would cost a page fault for every 4 KiB of
/// content.
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
