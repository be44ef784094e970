/// Writes JSON piece by piece into bytes: what the ordered value, the progress stream, reports and listings share.
package struct JSONWriter: Sendable {
    /// What stands before the next piece.
    @usableFromInline enum Place: Sendable {
        case first, next, value
    }

    /// What is written so far, in UTF-8.
    package private(set) var bytes: [UInt8] = []
    private let escaping: JSONEscaping
    private let lowMask: UInt64
    private let highMask: UInt64
    private let isIndented: Bool
    private var depth = 0
    private var place = Place.value

    /// Makes a writer for one value.
    /// - Parameter indented: Whether each item has a line of its own, indented by two blanks a level.
    package init(_ escaping: JSONEscaping, indented: Bool = false) {
        self.escaping = escaping
        (lowMask, highMask) = escaping.asciiMasks
        isIndented = indented
    }

    /// Appends a value to bytes that are there.
    @inlinable package static func append(
        to bytes: inout [UInt8],
        _ escaping: JSONEscaping,
        _ body: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter(escaping)
        writer.exchange(&bytes)
        body(&writer)
        writer.exchange(&bytes)
    }

    /// What is written so far, as a text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Objects and lists

    /// Writes an object with what `body` writes in it.
    @inlinable package mutating func object(_ body: (inout JSONWriter) -> Void) {
        begin(UInt8(ascii: "{"))
        body(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes a list of the items, each by `body`.
    @inlinable package mutating func list<Items: Sequence>(
        _ items: Items,
        _ body: (inout JSONWriter, Items.Element) -> Void
    ) {
        begin(UInt8(ascii: "["))
        for item in items { body(&self, item) }
        end(UInt8(ascii: "]"))
    }

    /// Begins an object or a list by its bracket.
    package mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        place = .first
    }

    /// Ends an object or a list by its bracket.
    package mutating func end(_ bracket: UInt8) {
        depth -= 1
        if isIndented, place != .first { breakLine() }
        bytes.append(bracket)
        place = .next
    }

    /// Writes a member's name, which has nothing to escape; its value comes next.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        endKey()
    }

    /// Writes a member's name of any characters; its value comes next.
    package mutating func key(text name: String) {
        string(name)
        endKey()
    }

    // MARK: Values

    /// Writes a text.
    package mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { append(escaping: $0) }
        bytes.append(UInt8(ascii: "\""))
        place = .next
    }

    /// Writes a whole number.
    package mutating func number(_ value: Int64) { word(String(value)) }

    /// Writes a number, a constant, or whatever is JSON already.
    package mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        place = .next
    }

    // MARK: Within

    /// Gives the bytes away for others.
    @usableFromInline mutating func exchange(_ others: inout [UInt8]) { swap(&bytes, &others) }

    /// Writes what has to stand before the next item or value.
    mutating func separate() {
        switch place {
        case .value: return
        case .next: bytes.append(UInt8(ascii: ","))
        case .first: break
        }
        if isIndented { breakLine() }
    }

    /// Appends bytes of a value that needs no escapes between quotes.
    mutating func quoted(_ body: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        body(&bytes)
        bytes.append(UInt8(ascii: "\""))
        place = .next
    }

    private mutating func endKey() {
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(0x20) }
        place = .value
    }

    private mutating func breakLine() {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }

    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        let (low, high) = (lowMask, highMask)
        var start = 0
        var index = 0
        while index < text.count {
            let isSuspect = Self.isSuspect(text[index], low, high)
            let length = isSuspect ? lengthToEscape(text, index) : 0
            guard length > 0 else {
                index += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            appendEscape(text, index, length)
            index += length
            start = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    /// Whether a byte is escaped or may begin a scalar that is.
    @inline(__always) private static func isSuspect(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        if byte < 0x80 { return (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 == 1 }
        return byte == 0xC2 || byte == 0xD8 || byte == 0xE2 || byte == 0xEF
    }

    /// How many bytes of a suspect scalar are replaced by an escape; none where it stands as it is.
    private func lengthToEscape(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        if text[index] < 0x80 { return 1 }
        let length = text[index] < 0xE0 ? 2 : 3
        return index + length <= text.count && escaping.escapes(Self.scalar(text, index, length)) ? length : 0
    }

    private mutating func appendEscape(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ length: Int) {
        bytes.append(UInt8(ascii: "\\"))
        if length == 1, let letter = escaping.letter(of: text[index]) { return bytes.append(letter) }
        bytes.append(UInt8(ascii: "u"))
        let value = Self.scalar(text, index, length)
        for shift: UInt32 in [12, 8, 4, 0] {
            let digit = UInt8(value >> shift & 15)
            bytes.append(digit + (digit < 10 ? 0x30 : 0x57))
        }
    }

    /// The scalar of one, two or three bytes.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ length: Int) -> UInt32 {
        let first = UInt32(text[index])
        switch length {
        case 1: return first
        case 2: return (first & 0x1F) << 6 | UInt32(text[index + 1] & 0x3F)
        default:
            return (first & 0x0F) << 12 | UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
        }
    }
}
