import CaissonCArchive

/// Compresses a stream of bytes by one of libarchive's filters on its way to a sink.
package final class Compressor {
    private let raw: OpaquePointer
    private let callback: SinkCallback
    private let compression: Compression

    /// Sets up a compression.
    ///
    /// - Parameters:
    ///   - compression: The filter.
    ///   - threads: How many threads compress, where it can use more than one; 0 for all cores.
    ///   - level: How hard, in the filter's own numbers; nil for its default.
    ///   - sink: What takes the result.
    package init(
        _ compression: Compression,
        threads: Int = 0,
        level: Int? = nil,
        sink: @escaping TarWriter.Sink
    ) throws(ArchiveError) {
        try ArchiveLibrary.load()
        guard let raw = carchive_write_new() else { throw ArchiveError(.system, "can't begin to compress: no memory") }
        self.raw = raw
        self.compression = compression
        callback = SinkCallback(sink)
        let result = carchive_write_add_filter(raw, compression.rawValue)
        // A library without this compression would start an external program, whose output may differ between machines.
        guard result == carchive_ok else {
            let reason = ArchiveLibrary.reason(raw)
            throw ArchiveError(.libraryMissing, "libarchive can't compress by \(compression.rawValue): \(reason)")
        }
        for (name, value, isRequired) in compression.options(threads: threads) {
            let result = carchive_write_filter_option(raw, name, value)
            if isRequired { try check(result) }
        }
        if let level { try check(carchive_write_filter_option(raw, "compression-level", String(level))) }
        try check(carchive_write_open_raw(raw, TarWriter.blockSize, callback.raw))
    }

    deinit { carchive_write_abandon(raw) }

    /// Compresses the next bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        let written = carchive_write_data(raw, base, bytes.count)
        if written != bytes.count { try check(written < 0 ? Int32(clamping: written) : Int32(carchive_fatal)) }
    }

    /// Writes what is left.
    package func finish() throws(ArchiveError) {
        try check(carchive_write_close(raw))
    }

    private func check(_ result: Int32) throws(ArchiveError) {
        if let failure = callback.failure { throw failure }
        guard result != carchive_ok, result != carchive_warn else { return }
        throw ArchiveError(
            .system,
            "can't compress by \(compression.rawValue): \(ArchiveLibrary.reason(raw))"
        )
    }
}
