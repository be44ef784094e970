import CaissonArchive
import CaissonSystem
import Glibc
import Synchronization

/// Reads the files of a walk's stretches into batches, and encodes ordinary files as the tar has them.
struct ContextPacker {
    /// What all packers of one tar share.
    struct Shared: Sendable {
        /// What makes the headers of ordinary files.
        let header: PlainHeader
        /// The modification time of all files; nil for their own.
        let fixedTime: Int64?
        /// What is looked at.
        let options: FileInspector.Options
        /// Empty batches.
        let pool = BatchPool()
        /// Files with several names, one of which was written: nobody needs to read them again.
        let written = WrittenFiles()
        /// Asked often.
        let isCancelled: @Sendable () -> Bool
    }

    private let shared: Shared
    private let chunk: WalkChunk
    private let give: (ContentBatch) -> Bool
    private var inspector: FileInspector
    private var batch: ContentBatch

    /// The receiver of the batches wants no more of them.
    private struct Unwanted: Error {}

    /// Reads all of a stretch.
    static func pack(_ chunk: WalkChunk, _ shared: Shared, give: (ContentBatch) -> Bool) {
        withoutActuallyEscaping(give) { give in
            var packer = ContextPacker(chunk, shared, give: give)
            do {
                try packer.pack()
            } catch {
                if let error = error as? BuildContextError { packer.batch.add(.failure(error)) }
            }
            if !packer.batch.records.isEmpty { _ = give(packer.batch) } else { shared.pool.give(packer.batch) }
        }
    }

    private init(_ chunk: WalkChunk, _ shared: Shared, give: @escaping (ContentBatch) -> Bool) {
        self.chunk = chunk
        self.shared = shared
        self.give = give
        inspector = FileInspector(shared.options)
        batch = shared.pool.take()
    }

    private mutating func pack() throws {
        for item in chunk.items {
            if shared.isCancelled() { throw BuildContextError.readingCancelled }
            switch item {
            case .enter(let number):
                let (entry, isIncluded) = chunk.entered[number]
                batch.add(.enter(entry, isIncluded: isIncluded))
            case .leave: batch.add(.leave)
            case .name(let name): try take(name)
            }
        }
        if let failure = chunk.failure { throw failure }
    }

    /// Hands over the batch and begins a new one.
    private mutating func pass() throws {
        guard !batch.records.isEmpty else { return }
        guard give(batch) else { throw Unwanted() }
        batch = shared.pool.take()
    }

    private mutating func take(_ name: WalkChunk.Name) throws {
        if name.isRegular, let file = try chunk.open(name) { return try take(name, file.descriptor, file.status) }
        switch try inspector.look(at: name, of: chunk) {
        case .entry(let entry, let identity):
            guard entry.mode.isRegular, !entry.isStandIn else { return batch.add(.file(entry, identity)) }
            // The directory's record didn't tell the kind of the file, or the file has changed since.
            guard let file = try chunk.open(name) else { throw DirectorySource.notAFile(entry.path) }
            try take(name, file.descriptor, file.status)
        case .notice(let notice): batch.add(.notice(notice))
        case .nothing: batch.add(.notice(.removed(path: chunk.path(of: name))))
        case .hidden: break
        }
    }

    /// Takes a regular file that is open.
    private mutating func take(_ name: WalkChunk.Name, _ descriptor: SharedDescriptor, _ status: stat) throws {
        switch inspector.leftOut(chunk.path(of: name), status) {
        case .notice(let notice): return batch.add(.notice(notice))
        case nil: break
        default: return
        }
        let directory = chunk.directory(of: name)
        let attributes = chunk.withPath(of: name) { _, text in
            inspector.attributes(
                ofOpen: descriptor.raw,
                text,
                in: directory,
                device: UInt64(status.st_dev)
            )
        }
        if try attributes.isEmpty && takePlainly(name, descriptor, status) { return }
        var (entry, identity) = FileInspector.entry(chunk.path(of: name), status)
        entry.attributes = attributes
        if let found = SensitiveFile.inspect(entry, name, of: chunk) { batch.add(.sensitive(found)) }
        if let identity, shared.written.contains(identity) { return batch.add(.file(entry, identity)) }
        let reader = FileReader(descriptor, path: entry.path, announcedSize: entry.size)
        if entry.size < Int64(ContentBatch.capacity) {
            try takeWhole(entry, identity, reader)
        } else {
            try stream(entry, identity, reader)
        }
    }

    /// Encodes a file into the batch as the tar has it; false when it isn't an ordinary file.
    private mutating func takePlainly(
        _ name: WalkChunk.Name,
        _ descriptor: SharedDescriptor,
        _ status: stat
    ) throws -> Bool {
        let time = shared.fixedTime ?? Int64(status.st_mtim.tv_sec)
        let size = Int(status.st_size)
        let block = PlainHeader.size
        guard status.st_nlink == 1, size < ContentBatch.capacity - 4 * block, PlainHeader.canHold(time: time),
            chunk.withPath(of: name, { path, _ in Self.isPlain(path) })
        else { return false }
        if batch.room.count < size + 3 * block { try pass() }
        let room = batch.room
        let count = try read(name, descriptor, size, into: UnsafeMutableRawBufferPointer(rebasing: room[block...]))
        chunk.withPath(of: name) { path, _ in
            shared.header.write(
                path: path,
                permissions: UInt32(status.st_mode) & 0o7777,
                size: Int64(count),
                time: time,
                to: room
            )
        }
        let padded = (count + block - 1) / block * block
        for index in (block + count)..<(block + padded) { room[index] = 0 }
        batch.add(encoded: block + padded, content: count)
        return true
    }

    private static func isPlain(_ path: UnsafeRawBufferPointer) -> Bool {
        guard PlainHeader.canHold(path: path) else { return false }
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return !SensitiveFile.mayBeSensitive(path[start...])
    }

    /// Reads a file that fits before its header is made, so that the two agree even if the file changes.
    private func read(
        _ name: WalkChunk.Name,
        _ descriptor: SharedDescriptor,
        _ size: Int,
        into room: UnsafeMutableRawBufferPointer
    ) throws(BuildContextError) -> Int {
        var filled = 0
        // Each read asks for one byte more than the file should have, so that no second read is needed to find the end.
        // An empty file is read all the same, because files of `/proc` claim to be empty.
        while filled < max(1, size) {
            let count = Glibc.read(descriptor.raw, room.baseAddress?.advanced(by: filled), size + 1 - filled)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed("read", chunk.path(of: name), errno) }
            filled += count
        }
        guard filled <= size else { throw .changed(chunk.path(of: name), size: Int64(size)) }
        return filled
    }

    private mutating func takeWhole(_ entry: Entry, _ identity: FileIdentity?, _ reader: FileReader) throws {
        if batch.room.count <= Int(entry.size) { try pass() }
        let room = UnsafeMutableRawBufferPointer(rebasing: batch.room[...Int(entry.size)])
        let count = try reader.read(into: room, enough: max(1, Int(entry.size)))
        guard count <= Int(entry.size) else { throw BuildContextError.changed(entry.path, size: entry.size) }
        var entry = entry
        entry.size = Int64(count)
        batch.add(.file(entry, identity))
        batch.add(content: count)
    }

    /// Hands over a large file piece by piece.
    private mutating func stream(_ entry: Entry, _ identity: FileIdentity?, _ reader: FileReader) throws {
        try pass()
        batch.add(.file(entry, identity))
        while reader.bytesRead < reader.announcedSize {
            if shared.isCancelled() { throw BuildContextError.readingCancelled }
            if batch.room.isEmpty { try pass() }
            let left = reader.announcedSize - reader.bytesRead
            let room = UnsafeMutableRawBufferPointer(rebasing: batch.room.prefix(Int(clamping: left)))
            let count = try reader.read(into: room)
            guard count == room.count else { throw BuildContextError.changed(entry.path, size: entry.size) }
            batch.add(content: count)
        }
        var more: UInt8 = 0
        let isLonger = try withUnsafeMutableBytes(of: &more) { try reader.read(into: $0) } > 0
        if isLonger { throw BuildContextError.changed(entry.path, size: entry.size) }
    }
}

/// Files with several names, one of which was written.
final class WrittenFiles: Sendable {
    private let files = Mutex<Set<FileIdentity>>([])

    func contains(_ file: FileIdentity) -> Bool { files.withLock { $0.contains(file) } }

    func insert(_ file: FileIdentity) { files.withLock { _ = $0.insert(file) } }
}

extension BuildContextError {
    /// The error of work on a context when its receiver wants no more.
    static let readingCancelled = BuildContextError(.cancelled, "reading the context was cancelled")

    /// The error about a file that isn't as long as it was when it was opened.
    static func changed(_ path: [UInt8], size: Int64) -> BuildContextError {
        BuildContextError(
            .changed,
            "\(displayed(path)) changed while it was read: it had \(size) bytes; "
                + "try again, or exclude it in .dockerignore"
        )
    }
}
