/// The checksum of gzip and of U-Boot's images: CRC-32 as in RFC 1952.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of what was taken so far.
    var value: UInt32 { ~state }

    /// Takes the next bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        state = Self.table.withUnsafeBufferPointer { table in
            bytes.reduce(state) { state, byte in table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }
        }
    }

    /// Takes the next bytes.
    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// The checksum of all bytes.
    static func value(of bytes: ArtifactBytes) throws(ArtifactProblem) -> UInt32 {
        var sum = CRC32()
        try bytes.forEachPiece { piece throws(ArtifactProblem) in
            sum.add(piece)
            return true
        }
        return sum.value
    }
}

/// What a gzip stream says of its content at its end, which libarchive doesn't check.
///
/// One stream is expected, as gzip and the kernel's build make it: of several the last tells of itself alone.
struct GzipTrailer {
    private let sum: UInt32
    private let length: UInt32

    private init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.read(8, at: bytes.size - 8, "gzip stream"), isBigEndian: false, "gzip stream")
        sum = try fields.u32(0)
        length = try fields.u32(4)
    }

    /// What is wrong where the content isn't what was compressed; nil where it is.
    ///
    /// - Throws: `unreadable` where the system can't read the file.
    static func problem(_ bytes: ArtifactBytes, _ content: [UInt8]) throws(ArtifactProblem) -> ArtifactProblem? {
        do throws(ArtifactProblem) {
            try GzipTrailer(bytes).check(content)
            return nil
        } catch {
            guard error.code != .unreadable else { throw error }
            return error
        }
    }

    /// Throws where the content isn't what was compressed.
    private func check(_ content: [UInt8]) throws(ArtifactProblem) {
        guard length == UInt32(truncatingIfNeeded: content.count) else {
            throw .damaged("its content is \(content.count) bytes, and its end says \(length)")
        }
        var actual = CRC32()
        actual.add(content)
        guard sum == actual.value else { throw .damaged("its checksum is wrong: the content was changed") }
    }
}
