/// Chunks of bytes, first in first out, with the count of the bytes.
struct ChunkQueue {
    private var chunks: [ArraySlice<UInt8>] = []
    private var first = 0
    /// The bytes in the queue.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ chunk: [UInt8]) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk[...])
        count += chunk.count
    }

    /// The next whole chunk.
    mutating func popChunk() -> [UInt8]? {
        guard first < chunks.count else { return nil }
        let chunk = chunks[first]
        drop()
        count -= chunk.count
        return Array(chunk)
    }

    /// Moves as many bytes as fit into the buffer, and returns their number.
    mutating func pop(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var moved = 0
        while moved < buffer.count, first < chunks.count {
            let part = chunks[first].prefix(buffer.count - moved)
            UnsafeMutableRawBufferPointer(rebasing: buffer[moved...]).copyBytes(from: part)
            moved += part.count
            if part.count == chunks[first].count { drop() } else { chunks[first] = chunks[first].dropFirst(part.count) }
        }
        count -= moved
        return moved
    }

    private mutating func drop() {
        chunks[first] = []
        first += 1
        // Moving the rest to the front now and then keeps the array small, at a constant cost per chunk.
        if first == chunks.count || first > 64 {
            chunks.removeFirst(first)
            first = 0
        }
    }
}
