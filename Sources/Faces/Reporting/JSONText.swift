package import CaissonBuildModel

/// JSON as Go's `encoding/json` writes it: no spaces, `<`, `>` and `&` escaped, base64 for bytes.
struct JSONText {
    /// What is written so far, in UTF-8.
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    private static let hex = Array("0123456789abcdef".utf8)
    private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Writes an object with what `body` writes in it.
    mutating func object(_ body: (inout JSONText) -> Void) {
        enclose("{", "}", body)
    }

    /// Writes a list of the items, each by `body`.
    mutating func list<Item>(_ items: [Item], _ body: (inout JSONText, Item) -> Void) {
        enclose("[", "]") { json in
            for item in items { body(&json, item) }
        }
    }

    /// Writes a member's name; its value comes next.
    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    /// Writes a string.
    mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { append(scalar) }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number.
    mutating func number(_ value: Int64) {
        word(String(value))
    }

    /// Writes a number or a constant by its text.
    mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// Writes bytes in base64; none are `null`, as Go has no empty list after reading a message.
    mutating func data(_ data: [UInt8]) {
        guard !data.isEmpty else { return word("null") }
        separate()
        bytes.append(UInt8(ascii: "\""))
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
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func enclose(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(contentsOf: open.utf8)
        needsComma = false
        body(&self)
        bytes.append(contentsOf: close.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5C: bytes += [0x5C, UInt8(scalar.value)]
        case 0x08: bytes += [0x5C, UInt8(ascii: "b")]
        case 0x09: bytes += [0x5C, UInt8(ascii: "t")]
        case 0x0A: bytes += [0x5C, UInt8(ascii: "n")]
        case 0x0C: bytes += [0x5C, UInt8(ascii: "f")]
        case 0x0D: bytes += [0x5C, UInt8(ascii: "r")]
        case 0..<0x20, 0x3C, 0x3E, 0x26, 0x2028, 0x2029: escape(scalar.value)
        case 0..<0x80: bytes.append(UInt8(scalar.value))
        // Bytes that were no UTF-8 became this character when they were read; Go escapes it then.
        case 0xFFFD: escape(scalar.value)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private mutating func escape(_ value: UInt32) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] { bytes.append(Self.hex[Int(value >> UInt32(shift) & 15)]) }
    }
}

extension Timestamp {
    /// The time in RFC 3339 with the decimals that it needs, as Go prints it; years are kept within 0 to 9999.
    package var rfc3339: String {
        let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
        var day = bounded / 86400
        var second = bounded % 86400
        if second < 0 {
            second += 86400
            day -= 1
        }
        // Days to a date of the Gregorian calendar, in eras of 400 years that start on 1 March.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2))"
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        var decimals = nanoseconds == 0 ? "" : "." + padded(Int64(nanoseconds), 9)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(date)T\(time)\(decimals)Z"
    }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
