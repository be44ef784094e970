/// A fast hash of a file's content, which comes in pieces of any sizes.
///
/// It tells one content from another in the history, and nothing that somebody could gain by forging hangs on it: SHA-256
/// would take longer than sending the file.
package struct ContentHash: Sendable {
    private static let block = 64
    private static let keys: (UInt64, UInt64, UInt64, UInt64) = (
        0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3
    )

    private var lanes: (UInt64, UInt64, UInt64, UInt64) = Self.keys
    /// Bytes that don't fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    /// Begins with nothing.
    package init() {}

    /// The hash of bytes that are there as a whole.
    package init(of bytes: [UInt8]) {
        bytes.withUnsafeBytes { add($0) }
    }

    /// Adds bytes.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.block - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<start])
            guard rest.count == Self.block else { return }
            rest.withUnsafeBytes { mix($0, 0) }
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - start >= Self.block {
            mix(bytes, start)
            start += Self.block
        }
        rest.append(contentsOf: bytes[start...])
    }

    /// The hash; never 0.
    package var value: UInt64 {
        var last = self
        last.rest.append(contentsOf: [UInt8](repeating: 0, count: Self.block - rest.count))
        last.rest.withUnsafeBytes { last.mix($0, 0) }
        let (a, b, c, d) = last.lanes
        let value = Self.fold(a ^ Self.keys.0, b ^ count) ^ Self.fold(c ^ Self.keys.2, d ^ Self.keys.3)
        return value == 0 ? 1 : value
    }

    /// Takes in a block; the four lanes don't wait for each other.
    @inline(__always)
    private mutating func mix(_ bytes: UnsafeRawBufferPointer, _ start: Int) {
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self))
        }
        lanes.0 = Self.fold(word(0) ^ Self.keys.0, word(1) ^ lanes.0)
        lanes.1 = Self.fold(word(2) ^ Self.keys.1, word(3) ^ lanes.1)
        lanes.2 = Self.fold(word(4) ^ Self.keys.2, word(5) ^ lanes.2)
        lanes.3 = Self.fold(word(6) ^ Self.keys.3, word(7) ^ lanes.3)
    }

    /// Both halves of the product, folded together.
    @inline(__always)
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low ^ a.byteSwapped
    }
}
