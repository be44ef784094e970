import Archive
import Synchronization

/// Some files in the order of a tar, with their content or a piece of it, on the way from the reader to the writer.
///
/// Safety: it is filled by one thread, then handed over, and then only read by another.
final class ContentBatch: @unchecked Sendable {
    /// What comes next.
    enum Record {
        /// A file begins.
        case entry(TarEntry)
        /// So many bytes of the last file's content.
        case content(Int)
    }

    /// How much content a batch holds, and how many records.
    static let capacity = 512 * 1024
    static let mostRecords = 512

    private(set) var records: [Record] = []
    private(set) var used = 0
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 4096)

    init() { records.reserveCapacity(Self.mostRecords) }

    deinit { storage.deallocate() }

    /// The room that is left for content.
    var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: storage[used...]) }
    /// Whether another file shouldn't be begun.
    var isFull: Bool { records.count >= Self.mostRecords }

    /// Empties it, to be filled again.
    func reset() {
        records.removeAll(keepingCapacity: true)
        used = 0
    }

    /// Begins a file.
    func add(_ entry: TarEntry) { records.append(.entry(entry)) }

    /// Counts what was put into the room.
    func add(content count: Int) {
        guard count > 0 else { return }
        records.append(.content(count))
        used += count
    }

    /// Calls with each entry and each piece of content, in order.
    func forEach(_ body: (Record, UnsafeRawBufferPointer) -> Void) {
        var at = 0
        for record in records {
            var content = UnsafeRawBufferPointer(start: nil, count: 0)
            if case .content(let count) = record {
                content = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[at..<(at + count)])
                at += count
            }
            body(record, content)
        }
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
