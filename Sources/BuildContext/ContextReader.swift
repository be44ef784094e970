import Archive
import Glibc

/// Reads a context ahead of what is made of it: walks, opens and reads, and hands over batches.
struct ContextReader {
    /// How it went, when it is over.
    struct End: Sendable {
        /// Why it stopped early.
        var failure: BuildContextError?
        /// What the user should know.
        var remarks = ContextRemarks()
    }

    private let walk: ContextWalk
    private let fixedTime: Int64?
    private let handOff: HandOff<ContentBatch>
    private let pool: BatchPool
    private var batch: ContentBatch

    /// Whoever takes the batches doesn't want any more.
    private struct Unwanted: Error {}

    /// Reads everything that a walk gives, and says how that went.
    static func read(
        _ walk: ContextWalk,
        fixedTime: Int64?,
        to handOff: HandOff<ContentBatch>,
        pool: BatchPool,
        isCancelled: () -> Bool
    ) -> End {
        var reader = ContextReader(walk: walk, fixedTime: fixedTime, handOff: handOff, pool: pool)
        var end = End()
        do {
            while let entry = try walk.next() {
                if isCancelled() { throw BuildContextError.readingCancelled }
                if let found = SensitiveFile.inspect(entry, in: walk) { end.remarks.sensitive.append(found) }
                try reader.take(entry, isCancelled)
            }
            try reader.pass()
        } catch {
            end.failure = error as? BuildContextError
        }
        end.remarks.notices = walk.notices
        return end
    }

    private init(walk: ContextWalk, fixedTime: Int64?, handOff: HandOff<ContentBatch>, pool: BatchPool) {
        self.walk = walk
        self.fixedTime = fixedTime
        self.handOff = handOff
        self.pool = pool
        batch = pool.take()
    }

    /// Hands over what is there and begins a new batch.
    private mutating func pass() throws {
        guard !batch.records.isEmpty else { return }
        guard handOff.give(batch) else { throw Unwanted() }
        batch = pool.take()
    }

    private mutating func take(_ entry: Entry, _ isCancelled: () -> Bool) throws {
        if batch.isFull { try pass() }
        var next = TarEntry(path: entry.path, kind: .directory, permissions: UInt32(entry.mode.permissions))
        next.modificationTime = fixedTime ?? Self.seconds(entry.modificationTime)
        next.attributes = entry.attributes.map { TarAttribute(name: $0.name, value: $0.value) }
        if entry.mode.isSymlink {
            next.kind = .symbolicLink(target: entry.linkname)
        } else if entry.isHardLink {
            next.kind = .hardLink(target: entry.linkname)
        } else if entry.mode.isRegular {
            return try takeFile(entry, next, isCancelled)
        }
        batch.add(next)
    }

    private mutating func takeFile(_ entry: Entry, _ next: TarEntry, _ isCancelled: () -> Bool) throws {
        guard let reader = try walk.open(entry) else {
            walk.notices.append(.removed(path: entry.path))
            return
        }
        var next = next
        let size = reader.announcedSize
        // A file that fits is read before its header is made, so that the two agree whatever happens to the file.
        guard size < Int64(ContentBatch.capacity) else {
            try pass()
            next.kind = .file(size: size)
            batch.add(next)
            return try stream(reader, isCancelled)
        }
        if batch.room.count <= Int(size) { try pass() }
        let room = UnsafeMutableRawBufferPointer(rebasing: batch.room[...Int(size)])
        // One byte more is asked for than there should be, so that no second read has to find the end; but nothing is read
        // only for that, except of an empty file, as those of `/proc` only say that they are.
        let count = try reader.read(into: room, enough: max(1, Int(size)))
        guard count <= Int(size) else { throw reader.changed }
        next.kind = .file(size: Int64(count))
        batch.add(next)
        batch.add(content: count)
    }

    /// Hands over a large file piece by piece.
    private mutating func stream(_ reader: FileReader, _ isCancelled: () -> Bool) throws {
        while reader.bytesRead < reader.announcedSize {
            if isCancelled() { throw BuildContextError.readingCancelled }
            if batch.room.isEmpty { try pass() }
            let left = reader.announcedSize - reader.bytesRead
            let room = UnsafeMutableRawBufferPointer(rebasing: batch.room.prefix(Int(clamping: left)))
            let count = try reader.read(into: room)
            guard count == room.count else { throw reader.changed }
            batch.add(content: count)
        }
        var more: UInt8 = 0
        let isLonger = try withUnsafeMutableBytes(of: &more) { try reader.read(into: $0) } > 0
        if isLonger { throw reader.changed }
    }

    /// Whole seconds, rounded down also before 1970.
    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension BuildContextError {
    /// The error of work on a context that somebody didn't want any more.
    static let readingCancelled = BuildContextError(.cancelled, "reading the context was cancelled")
}

extension FileReader {
    /// The error about a file that isn't as long as it was when it was opened.
    fileprivate var changed: BuildContextError {
        BuildContextError(
            .changed,
            "\(displayed(path)) changed while it was read: it had \(announcedSize) bytes; "
                + "try again, or exclude it in .dockerignore"
        )
    }
}
