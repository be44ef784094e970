import CaissonBuildModel

/// Reads the fields of a protobuf message of anybody's: each step ahead is checked, and nothing is copied.
struct WireReader {
    /// The value of a field.
    enum Value {
        /// A whole number.
        case number(UInt64)
        /// A text, bytes or a message.
        case data(ArraySlice<UInt8>)
    }

    /// The bytes aren't a message.
    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    /// Begins to read a message.
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end.
    mutating func next() throws(Malformed) -> (number: UInt64, value: Value)? {
        while !rest.isEmpty {
            let key = try varint()
            switch key & 7 {
            case 0: return (key >> 3, .number(try varint()))
            case 2: return (key >> 3, .data(try take(try varint())))
            case 1: _ = try take(8)
            case 5: _ = try take(4)
            default: throw Malformed()
            }
        }
        return nil
    }

    private mutating func take(_ count: UInt64) throws(Malformed) -> ArraySlice<UInt8> {
        guard let count = Int(exactly: count), count <= rest.count else { throw Malformed() }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed()
    }
}

extension WireReader.Value {
    /// The number; 0 where it is none.
    var number: Int64 { if case .number(let value) = self { Int64(bitPattern: value) } else { 0 } }
    /// The bytes; none where it is a number.
    var data: ArraySlice<UInt8> { if case .data(let bytes) = self { bytes } else { [] } }

    /// The text, cut after some bytes; what is no UTF-8 is replaced.
    func text(_ limit: Int) -> String { String(decoding: data.prefix(limit), as: UTF8.self) }

    /// A point in time.
    func timestamp() throws(WireReader.Malformed) -> Timestamp {
        var reader = WireReader(data)
        var (seconds, nanoseconds) = (Int64(0), Int64(0))
        while let (number, value) = try reader.next() {
            switch number {
            case 1: seconds = value.number
            case 2: nanoseconds = value.number
            default: break
            }
        }
        return Timestamp(seconds: seconds, nanoseconds: Int32(clamping: nanoseconds))
    }
}
