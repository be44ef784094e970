/// Reads a JSON list as BuildKit does: one of strings is a list, one of anything else is refused, and what is no JSON
/// is text.
struct JSONListReader {
    /// What a text is.
    enum Result {
        /// A list of strings, with their places.
        case strings([(text: String, range: Range<Int>)])
        /// A list that has other values as well.
        case others
        /// No list in JSON.
        case text
    }

    let bytes: [UInt8]
    let range: Range<Int>
    private var index: Int
    /// Whether a number is too large for Go, which then takes the text for none in JSON.
    private var overflows = false

    /// As deep as Go reads.
    private static let deepest = 10_000

    init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        index = range.lowerBound + 1
    }

    mutating func read() -> Result {
        var strings: [(text: String, range: Range<Int>)] = []
        var hasOthers = false
        skipSpaces()
        if take(0x5D) { return isAtEnd ? .strings([]) : .text }
        while true {
            skipSpaces()
            let start = index
            if take(0x22) {
                guard let text = string() else { return .text }
                strings.append((text, start..<index))
            } else {
                guard skipValue() else { return .text }
                hasOthers = true
            }
            skipSpaces()
            if take(0x5D) {
                guard isAtEnd, !overflows else { return .text }
                return hasOthers ? .others : .strings(strings)
            }
            guard take(0x2C) else { return .text }
        }
    }

    private var isAtEnd: Bool { bytes[index..<range.upperBound].allSatisfy(Ascii.isSpace) }

    private mutating func skipSpaces() {
        while index < range.upperBound, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < range.upperBound, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    // MARK: Values

    /// Passes over a value; the open lists and objects are kept in a list, so that no text exhausts the stack.
    private mutating func skipValue() -> Bool {
        var open: [UInt8] = []
        while true {
            let depth = open.count
            guard beginValue(&open), open.count < Self.deepest else { return false }
            // In a list or an object that was begun, a value comes next.
            if open.count > depth { continue }
            guard let goesOn = endValues(&open) else { return false }
            if !goesOn { return true }
        }
    }

    private mutating func beginValue(_ open: inout [UInt8]) -> Bool {
        skipSpaces()
        guard index < range.upperBound else { return false }
        switch bytes[index] {
        case 0x5B:
            index += 1
            skipSpaces()
            if !take(0x5D) { open.append(0x5D) }
            return true
        case 0x7B:
            index += 1
            skipSpaces()
            if take(0x7D) { return true }
            open.append(0x7D)
            return key()
        case 0x22:
            index += 1
            return string() != nil
        default:
            return literal("true") || literal("false") || literal("null") || number()
        }
    }

    /// Closes what ends after a value; whether another value follows, nil where neither is there.
    private mutating func endValues(_ open: inout [UInt8]) -> Bool? {
        while let closer = open.last {
            skipSpaces()
            if take(0x2C) { return closer == 0x5D || key() ? true : nil }
            guard take(closer) else { return nil }
            open.removeLast()
        }
        return false
    }

    private mutating func key() -> Bool {
        skipSpaces()
        guard take(0x22), string() != nil else { return false }
        skipSpaces()
        return take(0x3A)
    }

    private mutating func literal(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard bytes[index..<range.upperBound].starts(with: word) else { return false }
        index += word.count
        return true
    }

    private mutating func number() -> Bool {
        let start = index
        _ = take(0x2D)
        if !take(0x30) { guard digits() else { return false } }
        if take(0x2E) { guard digits() else { return false } }
        if take(0x65) || take(0x45) {
            _ = take(0x2B) || take(0x2D)
            guard digits() else { return false }
        }
        let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) ?? 0
        if value.isInfinite { overflows = true }
        return true
    }

    private mutating func digits() -> Bool {
        let start = index
        while index < range.upperBound, Ascii.isDigit(bytes[index]) { index += 1 }
        return index > start
    }

    // MARK: Strings

    private mutating func string() -> String? {
        var out: [UInt8] = []
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22: return String(decoding: out, as: UTF8.self)
            case 0x5C:
                guard let escaped = escaped() else { return nil }
                out += escaped
            case 0..<0x20: return nil
            default: out.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> [UInt8]? {
        guard index < range.upperBound else { return nil }
        let byte = bytes[index]
        index += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return unicode()
        default: return nil
        }
    }

    private mutating func unicode() -> [UInt8]? {
        guard let first = hexadecimal() else { return nil }
        var value = first
        if (0xD800..<0xDC00).contains(first), index + 6 <= range.upperBound, bytes[index] == 0x5C,
            bytes[index + 1] == UInt8(ascii: "u")
        {
            let mark = index
            index += 2
            if let second = hexadecimal(), (0xDC00..<0xE000).contains(second) {
                value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
            } else {
                index = mark
            }
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() -> UInt32? {
        guard index + 4 <= range.upperBound else { return nil }
        let digits = bytes[index..<(index + 4)]
        // A sign would be a number to Swift, and is none to JSON.
        guard let first = digits.first, first != 0x2B, first != 0x2D else { return nil }
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        index += 4
        return value
    }
}
