/// A set of ASCII bytes; each of the others counts as one of these.
package struct ByteSet: Sendable {
    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0

    /// No byte.
    package init() {}

    /// Every byte.
    package static let all: ByteSet = {
        var all = ByteSet()
        (all.low, all.high) = (.max, .max)
        return all
    }()

    /// The bytes of a text.
    package init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            let bit = UInt64(1) << UInt64(byte & 63)
            low |= byte & 64 == 0 ? bit : 0
            high |= byte & 64 == 0 ? 0 : bit
        }
    }

    /// Whether the other set has all of this one's bytes.
    @inlinable
    package func isSubset(of other: ByteSet) -> Bool { low & ~other.low | high & ~other.high == 0 }

    /// The bytes of either.
    package func union(_ other: ByteSet) -> ByteSet {
        var both = self
        both.low |= other.low
        both.high |= other.high
        return both
    }

    /// The bytes of both.
    package func intersection(_ other: ByteSet) -> ByteSet {
        var both = self
        both.low &= other.low
        both.high &= other.high
        return both
    }
}
