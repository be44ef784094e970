import NIOCore

/// The few protobuf forms that the hot paths need, written straight into the buffer that is sent: file contents are not
/// copied through a message object.
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

    /// Appends a number field, unless it is zero, which protobuf leaves out.
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

    /// Reads a base-128 number of at most ten bytes; nil where there is none.
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

    /// Reads the next field: its number and its value, a number or a slice.
    ///
    /// Nil at the end.
    ///
    /// - Throws: `GRPCError` where the bytes are no protobuf.
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
}

/// The value of a protobuf field.
enum ProtobufValue {
    case number(UInt64)
    case bytes(ByteBuffer)
}
