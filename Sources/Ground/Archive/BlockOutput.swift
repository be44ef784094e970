/// Gathers the small pieces of a tar in a block, and hands on large ones as they are, without copying them.
final class BlockOutput {
    private let sink: TarWriter.Sink
    private let hasFixedBlocks: Bool
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: TarWriter.blockSize, alignment: 4096)
    private var used = 0

    /// A piece of at least this size is handed on by itself.
    private static let large = 64 * 1024

    /// - Parameter hasFixedBlocks: Whether all blocks but the last have the same size, however the pieces come.
    init(hasFixedBlocks: Bool, _ sink: @escaping TarWriter.Sink) {
        self.hasFixedBlocks = hasFixedBlocks
        self.sink = sink
    }

    deinit { block.deallocate() }

    /// Takes the next piece.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        if !hasFixedBlocks, bytes.count >= Self.large {
            try flush()
            return try sink(bytes)
        }
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, block.count - used)
            UnsafeMutableRawBufferPointer(rebasing: block[used...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: rest[..<count])
            )
            used += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if used == block.count { try flush() }
        }
    }

    /// Hands on what was gathered.
    func flush() throws(ArchiveError) {
        guard used > 0 else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: block[..<used])
        used = 0
        try sink(bytes)
    }
}
