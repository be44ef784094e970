import NIOCore

/// The few protobuf forms that hot paths need, written straight into the buffer that is sent.
///
/// So file contents are not copied through a message object.
extension ByteBuffer {
    /// Appends a base-128 number.
    mutating func writeVarint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        writeInteger(UInt8(value))
    }

    /// How many bytes `writeVarint` appends.
    static func varintLength(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }

    /// Appends a number field; leaves a zero out, as protobuf does.
    mutating func writeField(_ number: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        writeVarint(number << 3)
        writeVarint(value)
    }

    /// Appends a bytes field, unless it is empty.
    mutating func writeField(_ number: UInt64, bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        writeVarint(number << 3 | 2)
        writeVarint(UInt64(bytes.count))
        writeBytes(bytes)
    }

    /// Appends a `BytesMessage`.
    mutating func writeBytesMessage(_ bytes: some Collection<UInt8>) {
        writeField(1, bytes: bytes)
    }

    /// Reads a base-128 number of at most ten bytes; nil where there isn't one.
    mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70, let byte: UInt8 = readInteger() {
            if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// Reads the next field, its number and its value, which is a number or a slice; nil at the end.
    ///
    /// - Throws: `GRPCError` where the bytes aren't protobuf.
    mutating func readField() throws(GRPCError) -> (number: UInt64, value: ProtobufValue)? {
        guard readableBytes > 0 else { return nil }
        guard let key = readVarint() else { throw GRPCError(.internal, "malformed message") }
        switch key & 7 {
        case 0:
            guard let value = readVarint() else { break }
            return (key >> 3, .number(value))
        case 1:
            guard let value: UInt64 = readInteger(endianness: .little) else { break }
            return (key >> 3, .number(value))
        case 2:
            guard let length = readVarint().flatMap(Int.init(exactly:)), let slice = readSlice(length: length) else {
                break
            }
            return (key >> 3, .bytes(slice))
        case 5:
            guard let value: UInt32 = readInteger(endianness: .little) else { break }
            return (key >> 3, .number(UInt64(value)))
        default:
            break
        }
        throw GRPCError(.internal, "malformed message")
    }

    /// The bytes of the next field with this number; passes over other fields, and gives nil at the end of the message.
    mutating func readBytes(ofField number: UInt64) throws(GRPCError) -> ByteBuffer? {
        while let field = try readField() {
            if field.number == number, case .bytes(let bytes) = field.value { return bytes }
        }
        return nil
    }
}

/// The value of a protobuf field.
enum ProtobufValue {
    case number(UInt64)
    case bytes(ByteBuffer)
}
