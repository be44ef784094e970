import CaissonArchive

/// How a stream of bytes is compressed, told by how it begins.
package enum CompressionFormat: String, Sendable, Hashable, CaseIterable {
    /// gzip, RFC 1952.
    case gzip
    /// bzip2.
    case bzip2
    /// xz.
    case xz
    /// The older format of xz's algorithm.
    case lzma
    /// Zstandard.
    case zstd
    /// LZ4 in frames, or in the older format that the kernel's own build makes.
    case lz4
    /// LZO as `lzop` writes it; told, and not unpacked.
    case lzo

    /// The formats and how they begin, as lib/decompress.c of the kernel tells them apart.
    static let beginnings: [(format: CompressionFormat, bytes: [UInt8])] = [
        (.gzip, [0x1F, 0x8B, 0x08]), (.bzip2, Array("BZh".utf8)), (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.lz4, [0x02, 0x21, 0x4C, 0x18]), (.lz4, [0x04, 0x22, 0x4D, 0x18]),
        (.lzo, [0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A, 0x0A]), (.lzma, [0x5D, 0x00, 0x00]),
    ]

    /// How a stream is compressed that begins with these bytes; nil where it isn't, or in another way.
    package init?(beginning: some Collection<UInt8>) {
        guard let found = Self.beginnings.first(where: { beginning.starts(with: $0.bytes) }) else { return nil }
        self = found.format
    }

    /// The filter that undoes it; nil where there is none.
    var filter: Decompressor.Filter? { Decompressor.Filter(rawValue: rawValue) }
}
