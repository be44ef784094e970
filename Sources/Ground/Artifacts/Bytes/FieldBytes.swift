/// A table of an artifact: bytes with numbers in them, of either byte order; every access is checked.
struct FieldBytes {
    /// The bytes.
    let bytes: [UInt8]
    /// Whether the most significant byte comes first.
    let isBigEndian: Bool
    /// What the table is, for messages.
    let name: String

    init(_ bytes: [UInt8], isBigEndian: Bool, _ name: String) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
        self.name = name
    }

    func u8(_ offset: Int) throws(ArtifactProblem) -> UInt8 { UInt8(truncatingIfNeeded: try number(1, offset)) }

    func u16(_ offset: Int) throws(ArtifactProblem) -> UInt16 { UInt16(truncatingIfNeeded: try number(2, offset)) }

    func u32(_ offset: Int) throws(ArtifactProblem) -> UInt32 { UInt32(truncatingIfNeeded: try number(4, offset)) }

    func u64(_ offset: Int) throws(ArtifactProblem) -> UInt64 { try number(8, offset) }

    /// A number of 32 bits that is an offset or a size.
    func int32(_ offset: Int) throws(ArtifactProblem) -> Int { Int(clamping: try u32(offset)) }

    /// A number of 64 bits that is an offset or a size; too large ones become the largest there is.
    func int64(_ offset: Int) throws(ArtifactProblem) -> Int { Int(clamping: try u64(offset)) }

    private func number(_ count: Int, _ offset: Int) throws(ArtifactProblem) -> UInt64 {
        guard offset >= 0, offset <= bytes.count, count <= bytes.count - offset else { throw .truncated(name) }
        var value: UInt64 = 0
        for index in 0..<count {
            let byte = bytes[offset + (isBigEndian ? index : count - 1 - index)]
            value = value << 8 | UInt64(byte)
        }
        return value
    }

    /// The text at a place, up to a NUL, the end of the table, or the limit; other bytes than UTF-8 are replaced.
    func text(_ offset: Int, limit: Int) -> String {
        guard offset >= 0, offset < bytes.count else { return "" }
        let end = offset + min(max(0, limit), bytes.count - offset)
        return String(decoding: bytes[offset..<end].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Whether these bytes are at a place.
    func has(_ wanted: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, offset <= bytes.count, wanted.count <= bytes.count - offset else { return false }
        return bytes[offset..<(offset + wanted.count)].elementsEqual(wanted)
    }

    /// The next number of bytes at a place that a unit divides; places near the largest number stay as they are.
    static func aligned(_ offset: Int, to unit: Int) -> Int {
        let (sum, isOver) = offset.addingReportingOverflow(unit - 1)
        return isOver ? offset : sum / unit * unit
    }
}
