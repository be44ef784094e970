/// Makes the headers of ordinary files: those that need nothing but a name, permissions, a size and a time.
///
/// libarchive makes one such header, once. For each file these fields and the checksum are put into a copy of it. That
/// takes a twentieth of the time of a header made by libarchive, and gives the same bytes. All other entries are made
/// by libarchive.
package struct PlainHeader: Sendable {
    /// The size of a header, and the unit to which content is padded.
    package static let size = 512

    /// The places of the fields in a header (POSIX `ustar`): where their octal digits begin and how many there are.
    private enum Field {
        static let name = 0..<100
        static let mode = 100..<106
        static let size = 124..<135
        static let time = 136..<147
        static let sum = 148..<154
    }

    private let template: [UInt8]
    /// The sum of the template's bytes without the fields that change; the format counts the checksum's own field as
    /// spaces.
    private let sum: UInt32

    /// Lets libarchive make the header that serves as the template.
    package init() throws(ArchiveError) {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var writer = try TarWriter.open { box.bytes += $0 }
        try writer.add(TarEntry(path: Array("x".utf8), kind: .file(size: 0), permissions: 0))
        try writer.finish()
        guard box.bytes.count >= Self.size else { throw ArchiveError(.system, "libarchive made no header of a tar") }
        var template = Array(box.bytes[..<Self.size])
        for field in [Field.name, Field.mode, Field.size, Field.time] {
            for index in field { template[index] = 0 }
        }
        for index in 148..<156 { template[index] = UInt8(ascii: " ") }
        sum = template.reduce(0) { $0 + UInt32($1) }
        template[154] = 0
        self.template = template
    }

    /// Whether this path needs nothing but a plain header: short, and printable ASCII.
    package static func canHold(path: UnsafeRawBufferPointer) -> Bool {
        guard !path.isEmpty, path.count < Field.name.count else { return false }
        var isPlain = true
        // The loop has no early exit, so that the compiler can vectorize it.
        for byte in path { isPlain = isPlain && byte &- 0x20 < 0x5F }
        return isPlain
    }

    /// Whether a time can stand in a plain header; for times after 2038 libarchive adds a pax header.
    package static func canHold(time: Int64) -> Bool { (0..<0x7FFF_FFFF).contains(time) }

    /// Writes the header of a regular file; `canHold` must be true of its path and time.
    /// - Parameters:
    ///   - size: The size of the content, less than 8 GiB.
    ///   - header: Where it goes: `size` bytes.
    package func write(
        path: UnsafeRawBufferPointer,
        permissions: UInt32,
        size: Int64,
        time: Int64,
        to header: UnsafeMutableRawBufferPointer
    ) {
        header.copyBytes(from: template)
        header.copyBytes(from: path)
        var sum = self.sum
        for byte in path { sum &+= UInt32(byte) }
        sum &+= Self.put(UInt64(permissions & 0o7777), to: header, Field.mode)
        sum &+= Self.put(UInt64(size), to: header, Field.size)
        sum &+= Self.put(UInt64(time), to: header, Field.time)
        _ = Self.put(UInt64(sum), to: header, Field.sum)
    }

    /// Writes octal digits, and returns their sum.
    private static func put(
        _ value: UInt64,
        to header: UnsafeMutableRawBufferPointer,
        _ field: Range<Int>
    ) -> UInt32 {
        var rest = value
        var sum: UInt32 = 0
        for index in field.reversed() {
            let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest & 7)
            header[index] = digit
            sum &+= UInt32(digit)
            rest >>= 3
        }
        return sum
    }
}
