import CArchive
import Glibc

/// Writes a tar, entry by entry, to a sink that takes its blocks as they are filled.
///
/// The format is pax, restricted: an entry has a pax header only when it needs one (a long or non-ASCII name, a size of
/// 8 GiB and more, extended attributes). The same entries give the same bytes. A writer that is dropped before
/// `finish()` leaves the tar without its end, so that nobody takes it for a whole one.
package struct TarWriter: ~Copyable {
    /// Takes the next bytes of the tar, all of them; it may wait, and the writer waits with it.
    package typealias Sink = (UnsafeRawBufferPointer) throws(ArchiveError) -> Void

    /// The size of the blocks that a sink gets.
    package static let blockSize = 1 << 20

    /// What the C callback reaches: the sink, and what it threw.
    private final class Context {
        let sink: Sink
        var failure: ArchiveError?

        init(_ sink: @escaping Sink) { self.sink = sink }
    }

    private let raw: OpaquePointer
    private let entry: OpaquePointer
    private let context: Context
    private let callback: UnsafeMutablePointer<carchive_sink>
    /// The content that the last entry still needs, and its name.
    private var missing: Int64 = 0
    private var current: [UInt8] = []
    private var name: [UInt8] = []

    private init(adopting raw: OpaquePointer, entry: OpaquePointer, sink: @escaping Sink) {
        self.raw = raw
        self.entry = entry
        context = Context(sink)
        callback = .allocate(capacity: 1)
        // Safety: the context lives as long as this value, and the callback is not called after its end.
        callback.initialize(
            to: carchive_sink(context: Unmanaged.passUnretained(context).toOpaque()) { raw, bytes, count in
                TarWriter.take(Unmanaged<Context>.fromOpaque(raw).takeUnretainedValue(), bytes, count)
            }
        )
    }

    deinit {
        carchive_write_abandon(raw)
        carchive_entry_free(entry)
        callback.deallocate()
    }

    /// Begins a tar.
    /// - Parameter threads: How many threads compress, where the compression can use more than one; 0 for all cores.
    package static func open(
        compression: Compression = .none,
        threads: Int = 0,
        sink: @escaping Sink
    ) throws(ArchiveError) -> TarWriter {
        try ArchiveLibrary.load()
        guard let raw = carchive_write_new() else { throw ArchiveError(.system, "can't begin a tar: no memory") }
        guard let entry = carchive_entry_new() else {
            carchive_write_abandon(raw)
            throw ArchiveError(.system, "can't begin a tar: no memory")
        }
        let writer = TarWriter(adopting: raw, entry: entry, sink: sink)
        try writer.compress(compression, threads: threads)
        try writer.check(carchive_write_open_tar(raw, blockSize, writer.callback), "begin the tar")
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
            // The size was checked, so a short count is a failure as well.
            return try check(
                written < 0 ? Int32(clamping: written) : Int32(carchive_fatal),
                "write the tar at",
                current
            )
        }
    }

    /// Writes the end of the tar and hands the last block to the sink.
    package consuming func finish() throws(ArchiveError) {
        try checkComplete()
        try check(carchive_write_finish_entry(raw), "write the tar at", current)
        try check(carchive_write_close(raw), "write the end of the tar")
    }
}

extension TarWriter {
    private borrowing func compress(_ compression: Compression, threads: Int) throws(ArchiveError) {
        guard compression != .none else { return }
        let result = carchive_write_add_filter(raw, compression.rawValue)
        // A library without the compression would start a program of that name: not the same bytes everywhere.
        guard result == carchive_ok else {
            let reason = ArchiveLibrary.reason(raw)
            throw ArchiveError(.libraryMissing, "libarchive can't compress by \(compression.rawValue): \(reason)")
        }
        for (name, value, isRequired) in compression.options(threads: threads) {
            let result = carchive_write_filter_option(raw, name, value)
            if isRequired { try check(result, "set up \(compression.rawValue)") }
        }
    }

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

    /// Calls with a name as a C string, in storage that is used again.
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

    /// Throws what a result of libarchive's stands for.
    ///
    /// A warning is success: libarchive warns of every name that isn't UTF-8, and writes its bytes as they are.
    private borrowing func check(_ result: Int32, _ action: String, _ path: [UInt8]? = nil) throws(ArchiveError) {
        if let failure = context.failure { throw failure }
        guard result != carchive_ok, result != carchive_warn else { return }
        let object = path.map { " \(displayed($0))" } ?? ""
        throw ArchiveError(.system, "can't \(action)\(object): \(ArchiveLibrary.reason(raw))")
    }

    private static func take(_ context: Context, _ bytes: UnsafeRawPointer, _ count: Int) -> Int32 {
        guard context.failure == nil else { return EIO }
        do throws(ArchiveError) {
            try context.sink(UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        } catch {
            context.failure = error
            return EIO
        }
    }
}
