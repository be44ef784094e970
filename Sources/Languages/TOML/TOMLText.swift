import CaissonText

/// A text between quotes of one kind or the other, of one line or several.
struct TOMLText {
    /// Why a text can't be read, and the byte where.
    enum Failure: Error {
        case endless
        case control(Int)
        case escape(Int)
    }

    private let bytes: [UInt8]
    private var next: Int
    private let quote: UInt8
    private let isLong: Bool

    /// What the text says.
    private(set) var content: [UInt8] = []

    /// Makes a reader of the text whose first quote stands at a byte.
    init(_ bytes: [UInt8], _ start: Int) {
        self.bytes = bytes
        quote = bytes[start]
        isLong = bytes[start...].prefix(3).elementsEqual([quote, quote, quote])
        next = start + (isLong ? 3 : 1)
    }

    /// Reads the text; the byte after its last quote.
    mutating func read() throws(Failure) -> Int {
        if isLong { _ = takeLineEnd() }
        while next < bytes.count {
            let byte = bytes[next]
            if byte == quote, let end = end() { return end }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape()
            } else if isLong, takeLineEnd() {
                content.append(0x0A)
            } else if byte == 0x0A || byte == 0x0D, !isLong {
                throw .endless
            } else if TOMLCursor.isControl(byte) {
                throw .control(next)
            } else {
                content.append(byte)
                next += 1
            }
        }
        throw .endless
    }

    /// The end after the quotes here; up to two before three that end a long text belong to it.
    private mutating func end() -> Int? {
        guard isLong else { return next + 1 }
        let count = bytes[next...].prefix(5).prefix { $0 == quote }.count
        guard count >= 3 else { return nil }
        content += bytes[next..<(next + count - 3)]
        return next + count
    }

    private mutating func takeLineEnd() -> Bool {
        let rest = bytes[next...].prefix(2)
        guard rest.first == 0x0A || rest.elementsEqual([0x0D, 0x0A]) else { return false }
        next += rest.first == 0x0A ? 1 : 2
        return true
    }

    private mutating func escape() throws(Failure) {
        let start = next
        guard next + 1 < bytes.count else { throw .endless }
        let letter = bytes[next + 1]
        next += 2
        switch letter {
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "e"): content.append(27)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(letter)
        case UInt8(ascii: "x"): try scalar(digits: 2, start)
        case UInt8(ascii: "u"): try scalar(digits: 4, start)
        case UInt8(ascii: "U"): try scalar(digits: 8, start)
        default:
            next = start + 1
            guard isLong, joinLines() else { throw .escape(start) }
        }
    }

    private mutating func scalar(digits count: Int, _ start: Int) throws(Failure) {
        let digits = bytes[next...].prefix(count).prefix(while: \.isHexDigit)
        next += digits.count
        guard digits.count == count, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw .escape(start) }
        content += Array(String(Character(scalar)).utf8)
    }

    /// Goes over blanks and lines after a backslash at the end of a line; false where it isn't at the end.
    private mutating func joinLines() -> Bool {
        var hasLineEnd = false
        while next < bytes.count {
            if takeLineEnd() {
                hasLineEnd = true
            } else if bytes[next] == 0x20 || bytes[next] == 0x09 {
                next += 1
            } else {
                break
            }
        }
        return hasLineEnd
    }
}
