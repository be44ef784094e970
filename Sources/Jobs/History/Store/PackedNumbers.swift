/// Numbers in as few bytes as they need, seven bits in each, as they lie in a column of the database.
struct PackedNumbers: Sendable, Hashable {
    /// The bytes.
    private(set) var bytes: [UInt8] = []

    /// Takes a number that isn't negative; a negative one is taken as 0.
    mutating func append(_ number: Int64) {
        var rest = UInt64(max(0, number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Takes a number that isn't negative.
    mutating func append(_ number: Int) { append(Int64(number)) }
}

/// Reads what `PackedNumbers` wrote, or anything else: what is no number any more is the end.
struct PackedNumberReader: Sendable {
    private let bytes: [UInt8]
    private var next = 0

    /// Begins at the first number.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next number; nil at the end.
    mutating func number() -> Int64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while next < bytes.count, shift < 63 {
            let byte = bytes[next]
            next += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(number) }
            shift += 7
        }
        next = bytes.count
        return nil
    }

    /// The next number as another kind of integer; nil at the end.
    mutating func integer() -> Int? { number().map { Int($0) } }
}
