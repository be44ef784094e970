/// Members of objects, and bytes in base64.
extension JSONWriter {
    private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Writes a member that is an object.
    @inlinable package mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    /// Writes a member that is a list.
    @inlinable package mutating func list<Items: Sequence>(
        _ name: StaticString,
        _ items: Items,
        _ body: (inout JSONWriter, Items.Element) -> Void
    ) {
        key(name)
        list(items, body)
    }

    /// Writes a member that is a text.
    package mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a member that is a whole number.
    package mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        number(Int64(value))
    }

    /// Writes a member that is true or false.
    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        word(value ? "true" : "false")
    }

    /// Writes bytes in base64; none are `null`, as Go has no empty list after reading a message.
    package mutating func data(_ data: [UInt8]) {
        guard !data.isEmpty else { return word("null") }
        quoted { bytes in
            var index = 0
            while index < data.count {
                let left = data.count - index
                let group =
                    UInt32(data[index]) << 16 | (left > 1 ? UInt32(data[index + 1]) << 8 : 0)
                    | (left > 2 ? UInt32(data[index + 2]) : 0)
                bytes.append(Self.base64[Int(group >> 18)])
                bytes.append(Self.base64[Int(group >> 12 & 63)])
                bytes.append(left > 1 ? Self.base64[Int(group >> 6 & 63)] : UInt8(ascii: "="))
                bytes.append(left > 2 ? Self.base64[Int(group & 63)] : UInt8(ascii: "="))
                index += 3
            }
        }
    }
}
