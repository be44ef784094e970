import CaissonCArchive

/// Bytes that are compressed by Zstandard by themselves, so that they are read without those around them.
package enum ZstdFrame {
    private static let beginning: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// Compresses bytes to a frame; none at all to none.
    ///
    /// - Parameter level: How hard, in Zstandard's own numbers.
    package static func compressed(_ bytes: [UInt8], level: Int = 3) throws(ArchiveError) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        var frame: [UInt8] = []
        let compressor = try Compressor(.zstd, threads: 1, level: level) { block throws(ArchiveError) in
            frame.append(contentsOf: block)
        }
        try bytes.withUnsafeBufferPointer { bytes throws(ArchiveError) in
            try compressor.write(UnsafeRawBufferPointer(bytes))
        }
        try compressor.finish()
        return frame
    }

    /// The bytes that a frame was made of.
    ///
    /// - Parameter limit: How many there are at most; more are an error, however small the frame is.
    package static func content(of frame: [UInt8], limit: Int) throws(ArchiveError) -> [UInt8] {
        guard !frame.isEmpty else { return [] }
        // libarchive would give back as it is what it doesn't know.
        guard frame.starts(with: beginning) else {
            throw ArchiveError(.malformed, "can't read the zstd frame: it doesn't begin as one")
        }
        try ArchiveLibrary.load()
        return try frame.withUnsafeBufferPointer { bytes throws(ArchiveError) in
            try content(of: UnsafeRawBufferPointer(bytes), limit: limit)
        }
    }

    private static func content(of frame: UnsafeRawBufferPointer, limit: Int) throws(ArchiveError) -> [UInt8] {
        guard let base = frame.baseAddress, let raw = carchive_read_new() else { throw noMemory }
        defer { carchive_read_free(raw) }
        guard let entry = carchive_entry_new() else { throw noMemory }
        defer { carchive_entry_free(entry) }
        guard carchive_read_open_zstd(raw, base, frame.count) == carchive_ok,
            carchive_read_next_header(raw, entry) == carchive_ok
        else { throw malformed(raw) }
        // One byte more than allowed, so that a content that is larger is seen.
        var result = carchive_ok
        var bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            var more = 1
            while count <= limit, more > 0, let base = buffer.baseAddress {
                more = carchive_read_data(raw, base + count, limit + 1 - count)
                count += max(more, 0)
            }
            if more < 0 { result = carchive_failed }
        }
        guard result == carchive_ok else { throw malformed(raw) }
        guard bytes.count <= limit else {
            bytes = []
            throw ArchiveError(.limitExceeded, "the zstd frame has more than \(limit) bytes in it; refused")
        }
        return bytes
    }

    private static var noMemory: ArchiveError { ArchiveError(.system, "can't read a zstd frame: no memory") }

    private static func malformed(_ raw: OpaquePointer) -> ArchiveError {
        ArchiveError(.malformed, "can't read the zstd frame: \(ArchiveLibrary.reason(raw))")
    }
}
