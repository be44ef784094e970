import CaissonCArchive
import Glibc

/// Writes a tar, entry by entry, to a sink that gets each block when it is full.
///
/// The format is pax, restricted: an entry has a pax header only when it needs one (a long or non-ASCII name, a size of
/// 8 GiB and more, extended attributes). The same entries give the same bytes. A writer that is dropped before
/// `finish()` leaves the tar without its end, so that nobody takes it for a complete one.
package struct TarWriter: ~Copyable {
    /// Takes all of the next bytes of the tar; it may block, and the writer waits meanwhile.
    package typealias Sink = (UnsafeRawBufferPointer) throws(ArchiveError) -> Void

    /// The size of the blocks that a sink gets.
    package static let blockSize = 1 << 20

    private let raw: OpaquePointer
    private let entry: OpaquePointer
    private let callback: SinkCallback
    private let output: BlockOutput
    private let compressor: Compressor?
    /// How much content the last entry still needs.
    private var missing: Int64 = 0
    private var current: [UInt8] = []
    private var name: [UInt8] = []

    private init(adopting raw: OpaquePointer, entry: OpaquePointer, output: BlockOutput, compressor: Compressor?) {
        self.raw = raw
        self.entry = entry
        self.output = output
        self.compressor = compressor
        callback = SinkCallback { bytes throws(ArchiveError) in try output.append(bytes) }
    }

    deinit {
        carchive_write_abandon(raw)
        carchive_entry_free(entry)
    }

    /// Begins a tar.
    /// - Parameter threads: How many threads compress, where the compression can use more than one; 0 for all cores.
    package static func open(
        compression: Compression = .none,
        threads: Int = 0,
        sink: @escaping Sink
    ) throws(ArchiveError) -> TarWriter {
        try ArchiveLibrary.load()
        var compressor: Compressor?
        var output = BlockOutput(hasFixedBlocks: false, sink)
        if compression != .none {
            let made = try Compressor(compression, threads: threads, sink: sink)
            compressor = made
            // The compressed bytes may depend on the sizes of the pieces that the compressor is given.
            output = BlockOutput(hasFixedBlocks: true) { bytes throws(ArchiveError) in try made.write(bytes) }
        }
        guard let raw = carchive_write_new() else { throw ArchiveError(.system, "can't begin a tar: no memory") }
        guard let entry = carchive_entry_new() else {
            carchive_write_abandon(raw)
            throw ArchiveError(.system, "can't begin a tar: no memory")
        }
        let writer = TarWriter(adopting: raw, entry: entry, output: output, compressor: compressor)
        try writer.check(carchive_write_open_tar(raw, writer.callback.raw), "begin the tar")
        return writer
    }

    /// Begins the next entry; the one before must have all its content.
    package mutating func add(_ next: TarEntry) throws(ArchiveError) {
        try checkComplete()
        current = next.path
        missing = next.contentSize
        let entry = self.entry
        carchive_entry_clear(entry)
        try withName(next.path) { carchive_entry_set_pathname(entry, $0) }
        try setKind(next)
        carchive_entry_set_owner(entry, next.userID, next.groupID)
        carchive_entry_set_mtime(entry, next.modificationTime)
        for attribute in next.attributes {
            carchive_entry_add_xattr(entry, attribute.name, attribute.value, attribute.value.count)
        }
        try check(carchive_write_header(raw, entry), "write the tar at", next.path)
    }

    /// Writes the next piece of the last entry's content.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        guard Int64(bytes.count) <= missing else {
            throw ArchiveError(.invalid, "\(displayed(current)) has more content than its size says; it changed")
        }
        missing -= Int64(bytes.count)
        let written = carchive_write_data(raw, base, bytes.count)
        guard written == bytes.count else {
            // The size was checked before, so a short count is a failure as well.
            return try check(
                written < 0 ? Int32(clamping: written) : Int32(carchive_fatal),
                "write the tar at",
                current
            )
        }
    }

    /// Writes whole entries, in blocks of 512 bytes, that were encoded elsewhere, such as by `PlainHeader`.
    package mutating func write(encoded bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        try checkComplete()
        // Finishing the entry before this one writes its padding.
        try check(carchive_write_finish_entry(raw), "write the tar at", current)
        try output.append(bytes)
    }

    /// Writes the end of the tar and hands the last block to the sink.
    package consuming func finish() throws(ArchiveError) {
        try checkComplete()
        try check(carchive_write_finish_entry(raw), "write the tar at", current)
        try check(carchive_write_close(raw), "write the end of the tar")
        try output.flush()
        try compressor?.finish()
    }
}

extension TarWriter {
    private mutating func setKind(_ next: TarEntry) throws(ArchiveError) {
        let entry = self.entry
        var kind = S_IFREG
        switch next.kind {
        case .file(let size):
            guard size >= 0 else { throw ArchiveError(.invalid, "\(displayed(next.path)) has a negative size") }
            carchive_entry_set_size(entry, size)
        case .directory: kind = S_IFDIR
        case .symbolicLink(let target):
            kind = S_IFLNK
            try withName(target) { carchive_entry_set_symlink(entry, $0) }
        case .hardLink(let target):
            try withName(target) { carchive_entry_set_hardlink(entry, $0) }
        case .fifo: kind = S_IFIFO
        case .characterDevice(let major, let minor):
            kind = S_IFCHR
            carchive_entry_set_device(entry, major, minor)
        case .blockDevice(let major, let minor):
            kind = S_IFBLK
            carchive_entry_set_device(entry, major, minor)
        }
        carchive_entry_set_kind(entry, kind, next.permissions & 0o7777)
    }

    /// Calls the closure with a name as a C string; its storage is used again by the next call.
    private mutating func withName(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Void) throws(ArchiveError) {
        guard !bytes.isEmpty, !bytes.contains(0) else {
            throw ArchiveError(
                .invalid,
                "the name \(displayed(bytes)) can't be in a tar: it is empty or has a NUL in it"
            )
        }
        name.removeAll(keepingCapacity: true)
        name.append(contentsOf: bytes)
        name.append(0)
        name.withUnsafeBytes { buffer in
            let text = buffer.assumingMemoryBound(to: CChar.self)
            if let base = text.baseAddress { body(base) }
        }
    }

    private borrowing func checkComplete() throws(ArchiveError) {
        guard missing > 0 else { return }
        let text = "\(displayed(current)) has \(missing) bytes less content than its size says; it changed"
        throw ArchiveError(.invalid, text)
    }

    /// Throws the error that a result of libarchive means.
    ///
    /// A warning counts as success: libarchive warns of every name that isn't UTF-8, and writes its bytes unchanged.
    private borrowing func check(_ result: Int32, _ action: String, _ path: [UInt8]? = nil) throws(ArchiveError) {
        if let failure = callback.failure { throw failure }
        guard result != carchive_ok, result != carchive_warn else { return }
        let object = path.map { " \(displayed($0))" } ?? ""
        throw ArchiveError(.system, "can't \(action)\(object): \(ArchiveLibrary.reason(raw))")
    }
}
