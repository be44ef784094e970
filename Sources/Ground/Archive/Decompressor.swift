import CaissonCArchive

/// Unpacks one stream of bytes that was compressed by a filter that the caller names; it may come from anybody.
///
/// What comes out isn't unpacked again, so streams within streams can't keep a reader busy. Bytes behind the end of the
/// stream are passed over or an error, by the filter; gzip's own checksum is not checked, as libarchive doesn't.
package struct Decompressor: ~Copyable {
    /// A way of compressing that can be undone.
    package enum Filter: String, Sendable, Hashable, CaseIterable {
        /// gzip, RFC 1952.
        case gzip
        /// bzip2.
        case bzip2
        /// xz.
        case xz
        /// The older format of the algorithm of xz, as the kernel's `lzma` makes it.
        case lzma
        /// Zstandard.
        case zstd
        /// LZ4, in frames or in the older format that the kernel uses.
        case lz4
    }

    private let raw: OpaquePointer
    private let entry: OpaquePointer
    private let callback: SourceCallback
    private let filter: Filter
    private let expansion: Int64
    private var unpacked: Int64 = 0
    private var isOver = false

    private init(
        adopting raw: OpaquePointer,
        entry: OpaquePointer,
        of: Filter,
        _ expansion: Int64,
        _ source: SourceCallback
    ) {
        self.raw = raw
        self.entry = entry
        filter = of
        self.expansion = expansion
        callback = source
    }

    deinit {
        carchive_read_free(raw)
        carchive_entry_free(entry)
    }

    /// Begins to unpack.
    ///
    /// - Parameters:
    ///   - filter: How the stream was compressed.
    ///   - expansion: How many unpacked bytes each byte of input may give.
    ///   - source: Gives the next bytes of the stream, none at its end.
    /// - Throws: `libraryMissing` where libarchive lacks the filter; `malformed` where the stream doesn't begin as one.
    package static func open(
        _ filter: Filter,
        expansion: Int64 = 10_000,
        source: @escaping TarReader.Source
    ) throws(ArchiveError) -> Decompressor {
        try ArchiveLibrary.load()
        guard let raw = carchive_read_new() else { throw ArchiveError(.system, "can't unpack: no memory") }
        guard let entry = carchive_entry_new() else {
            carchive_read_free(raw)
            throw ArchiveError(.system, "can't unpack: no memory")
        }
        let callback = SourceCallback(source)
        var reader = Decompressor(adopting: raw, entry: entry, of: filter, max(1, expansion), callback)
        let result = carchive_read_open_filtered(raw, filter.code, callback.raw)
        // A library without this filter would start an external program.
        guard result != Int32(carchive_no_filter) else {
            throw ArchiveError(.libraryMissing, "libarchive can't unpack \(filter.rawValue)")
        }
        try reader.check(result)
        try reader.begin()
        return reader
    }

    private mutating func begin() throws(ArchiveError) {
        let result = carchive_read_next_header(raw, entry)
        // A stream of nothing has no entry.
        if result == carchive_eof { isOver = true } else { try check(result) }
    }

    /// Unpacks the next bytes into a buffer; 0 at the end of the stream.
    ///
    /// - Throws: `malformed` for a damaged or cut stream, `limitExceeded` for one that grows beyond the expansion.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard !isOver, let base = buffer.baseAddress, !buffer.isEmpty else { return 0 }
        let count = carchive_read_data(raw, base, buffer.count)
        guard count > 0 else {
            isOver = true
            try check(Int32(clamping: count))
            return 0
        }
        unpacked += Int64(count)
        guard unpacked / expansion <= callback.consumed else {
            isOver = true
            let text = "the \(filter.rawValue) stream gives more than \(expansion) bytes for each of its own; refused"
            throw ArchiveError(.limitExceeded, text)
        }
        return count
    }

    private borrowing func check(_ result: Int32) throws(ArchiveError) {
        if let failure = callback.failure { throw failure }
        guard result != carchive_ok, result != carchive_warn else { return }
        let reason = ArchiveLibrary.reason(raw)
        throw ArchiveError(.malformed, "can't unpack the \(filter.rawValue) stream: \(reason)")
    }
}

extension Decompressor.Filter {
    fileprivate var code: carchive_filter {
        switch self {
        case .gzip: carchive_gzip
        case .bzip2: carchive_bzip2
        case .xz: carchive_xz
        case .lzma: carchive_lzma
        case .zstd: carchive_zstd
        case .lz4: carchive_lz4
        }
    }
}
