/// Why a text isn't JSON.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The byte at which it stops being JSON.
    package var offset: Int
    /// What is wrong there.
    package var problem: String

    /// The problem and its place.
    package var description: String { "\(problem) at byte \(offset)" }
}

extension JSON {
    /// Reads a whole text; nesting is bounded, and so is the work by the text's size.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}

/// A recursive reader of RFC 8259 with a limit to its depth.
private struct JSONParser {
    private static let deepest = 100
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipBlanks()
        guard next == bytes.count else { throw wrong("there is something after the value") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.deepest else { throw wrong("it is nested more than \(Self.deepest) deep") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(_ depth: Int) throws(JSONError) -> JSON {
        next += 1
        var members: [JSONMember] = []
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw wrong("a member's name is missing") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw wrong("a colon is missing") }
            members.append(JSONMember(name, try value(depth: depth + 1)))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw wrong("a comma or } is missing") }
        }
    }

    private mutating func array(_ depth: Int) throws(JSONError) -> JSON {
        next += 1
        var values: [JSON] = []
        skipBlanks()
        if take("]") { return .array([]) }
        while true {
            values.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return .array(values) }
            guard take(",") else { throw wrong("a comma or ] is missing") }
        }
    }

    private mutating func word(_ text: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[next...].starts(with: text.utf8) else { throw wrong("a value is missing") }
        next += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> String {
        let start = next
        _ = take("-")
        if take("0") {
            guard !isDigit else { throw wrong("a number begins with 0") }
        } else {
            guard digits() > 0 else { throw wrong("a value is missing") }
        }
        if take(".") { guard digits() > 0 else { throw wrong("a digit is missing") } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw wrong("a digit is missing") }
        }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = next
        while isDigit { next += 1 }
        return next - start
    }

    private mutating func string() throws(JSONError) -> String {
        next += 1
        var out: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                next += 1
                return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&out)
            case 0..<0x20: throw wrong("a control character stands in a text")
            default:
                out.append(byte)
                next += 1
            }
        }
        throw wrong("a text doesn't end")
    }

    private mutating func escape(_ out: inout [UInt8]) throws(JSONError) {
        next += 1
        guard let byte = peek else { throw wrong("a text doesn't end") }
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(8)
        case UInt8(ascii: "f"): out.append(12)
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "u"): out += Array(UTF8.encode(try scalar()) ?? UTF8.encodedReplacementCharacter)
        default: throw wrong("an unknown escape stands in a text")
        }
    }

    /// The scalar of one `\u` escape or of a pair of them; half a pair becomes U+FFFD.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let high = try unit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        let after = next
        guard high < 0xDC00, take("\\"), take("u") else {
            next = after
            return "\u{FFFD}"
        }
        let low = try unit()
        guard (0xDC00...0xDFFF).contains(low) else {
            next = after
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func unit() throws(JSONError) -> UInt32 {
        let digits = bytes[next...].prefix(4)
        guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw wrong("a \\u escape has no four digits") }
        next += 4
        return value
    }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }
    private var isDigit: Bool { peek.map { (0x30...0x39).contains($0) } ?? false }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        next += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
    }

    private func wrong(_ problem: String) -> JSONError { JSONError(offset: next, problem: problem) }
}
