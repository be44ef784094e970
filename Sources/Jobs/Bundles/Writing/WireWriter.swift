import CaissonBuildModel

/// Writes fields of protobuf messages; what is empty or zero isn't written, as in proto3.
struct WireWriter {
    /// What is written so far.
    private(set) var bytes: [UInt8] = []

    /// Writes a text.
    mutating func field(_ number: UInt64, _ text: String) {
        guard !text.isEmpty else { return }
        key(number, kind: 2)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes bytes; also where there are none, as an item of a list may be empty.
    mutating func field(_ number: UInt64, _ data: [UInt8]) {
        key(number, kind: 2)
        varint(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    /// Writes a whole number.
    mutating func field(_ number: UInt64, _ value: Int64) {
        guard value != 0 else { return }
        key(number, kind: 0)
        varint(UInt64(bitPattern: value))
    }

    /// Writes a message.
    mutating func field(_ number: UInt64, _ body: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        body(&inner)
        field(number, inner.bytes)
    }

    /// Writes a point in time, if there is one: `google.protobuf.Timestamp`.
    mutating func field(_ number: UInt64, _ time: Timestamp?) {
        guard let time else { return }
        field(number) { inner in
            inner.field(1, time.seconds)
            inner.field(2, Int64(time.nanoseconds))
        }
    }

    private mutating func key(_ number: UInt64, kind: UInt64) { varint(number << 3 | kind) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
