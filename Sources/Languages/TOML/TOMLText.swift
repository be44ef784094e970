import CaissonText

/// A text between quotes of one kind or the other, of one line or several.
struct TOMLText {
    private let bytes: [UInt8]
    private var next: Int
    private let quote: UInt8
    private let isLong: Bool

    /// What the text says.
    private(set) var content: [UInt8] = []
    /// Whether an escape in it is U+0000.
    private(set) var hasNull = false

    /// Makes a reader of the text whose first quote stands at a byte.
    init(_ bytes: [UInt8], _ start: Int) {
        self.bytes = bytes
        quote = bytes[start]
        isLong = bytes[start...].prefix(3).elementsEqual([quote, quote, quote])
        next = start + (isLong ? 3 : 1)
    }

    /// The byte after the last quote; nil where there is none.
    mutating func read() -> Int? {
        while next < bytes.count {
            let byte = bytes[next]
            if byte == quote {
                guard isLong else { return next + 1 }
                if let end = longEnd() { return end }
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                escape()
                continue
            } else if byte == 0x0A, !isLong {
                return nil
            }
            content.append(byte)
            next += 1
        }
        return nil
    }

    /// The end after three quotes, before which up to two belong to the text.
    private func longEnd() -> Int? {
        let count = bytes[next...].prefix(5).prefix { $0 == quote }.count
        return count < 3 ? nil : next + count
    }

    private mutating func escape() {
        guard next + 1 < bytes.count else {
            next += 1
            return
        }
        let letter = bytes[next + 1]
        next += 2
        switch letter {
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "e"): content.append(27)
        case UInt8(ascii: "x"): scalar(digits: 2)
        case UInt8(ascii: "u"): scalar(digits: 4)
        case UInt8(ascii: "U"): scalar(digits: 8)
        default: content.append(letter)
        }
    }

    private mutating func scalar(digits count: Int) {
        let digits = bytes[next...].prefix(count).prefix(while: \.isHexDigit)
        next += digits.count
        guard digits.count == count, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            return
        }
        if value == 0 { hasNull = true }
        if let scalar = Unicode.Scalar(value) { content += Array(String(Character(scalar)).utf8) }
    }
}
