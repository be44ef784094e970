/// Writes tables for tests, in either byte order.
struct ByteWriter {
    var bytes: [UInt8] = []
    let isBigEndian: Bool

    init(isBigEndian: Bool = false) { self.isBigEndian = isBigEndian }

    mutating func u8(_ value: UInt8) { bytes.append(value) }

    mutating func number(_ value: UInt64, _ count: Int) { bytes += Self.sized(value, count, isBigEndian) }

    mutating func u16(_ value: Int) { number(UInt64(value), 2) }

    mutating func u32(_ value: Int) { number(UInt64(value), 4) }

    mutating func u64(_ value: Int) { number(UInt64(value), 8) }

    mutating func text(_ text: String) { bytes += Array(text.utf8) }

    mutating func pad(to size: Int) { bytes += Array(repeating: 0, count: max(0, size - bytes.count)) }

    mutating func align(_ unit: Int) { pad(to: (bytes.count + unit - 1) / unit * unit) }

    mutating func put(_ value: Int, _ count: Int, at offset: Int) {
        bytes.replaceSubrange(offset..<(offset + count), with: Self.sized(UInt64(value), count, isBigEndian))
    }

    mutating func put(_ text: String, at offset: Int) {
        bytes.replaceSubrange(offset..<(offset + text.utf8.count), with: Array(text.utf8))
    }

    static func sized(_ value: UInt64, _ count: Int, _ isBigEndian: Bool) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        return isBigEndian ? little.reversed() : little
    }
}
