import CaissonText

// MARK: - Escapes

extension HCLParser {
    /// The text that a piece of a template means: escapes between quotation marks, `$${` and `%%{` everywhere.
    mutating func literal(_ token: HCLToken) -> String {
        let bytes = Array(token.bytes)
        let isQuoted = token.kind == .quotedText
        guard bytes.contains(where: { $0 == 0x5C || $0 == 0x24 || $0 == 0x25 }) else { return token.text }
        var out: [UInt8] = []
        var next = 0
        while next < bytes.count {
            let byte = bytes[next]
            let isSign = byte == UInt8(ascii: "$") || byte == UInt8(ascii: "%")
            if isSign, next + 2 < bytes.count, bytes[next + 1] == byte, bytes[next + 2] == UInt8(ascii: "{") {
                out += [byte, UInt8(ascii: "{")]
                next += 3
            } else if byte == UInt8(ascii: "\\"), isQuoted {
                next += escape(bytes, next, token, &out)
            } else {
                out.append(byte)
                next += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends what an escape means, and returns how many bytes it has.
    private mutating func escape(_ bytes: [UInt8], _ start: Int, _ token: HCLToken, _ out: inout [UInt8]) -> Int {
        let letter = start + 1 < bytes.count ? bytes[start + 1] : 0
        switch letter {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(letter)
        case UInt8(ascii: "u"): return scalar(bytes, start, token, digits: 4, &out)
        case UInt8(ascii: "U"): return scalar(bytes, start, token, digits: 8, &out)
        default:
            let sign = String(decoding: bytes[(start + 1)...].prefix(4), as: UTF8.self).unicodeScalars.first
            let text = sign.map { String($0) } ?? ""
            let detail = "The symbol \(text.goQuoted) is not a valid escape sequence selector."
            fail("Invalid escape sequence", detail, at: part(of: token, start, 1 + text.utf8.count))
            out += Array(text.utf8)
            return 1 + text.utf8.count
        }
        return 2
    }

    private mutating func scalar(
        _ bytes: [UInt8],
        _ start: Int,
        _ token: HCLToken,
        digits: Int,
        _ out: inout [UInt8]
    ) -> Int {
        let hex = bytes[(start + 2)...].prefix(digits).prefix { $0.isHexDigit }
        let place = part(of: token, start, 2 + hex.count)
        guard hex.count == digits, let value = UInt32(String(decoding: hex, as: UTF8.self), radix: 16) else {
            let (letter, count) = digits == 4 ? ("u", "four") : ("U", "eight")
            let detail = "The \\\(letter) escape sequence must be followed by \(count) hexadecimal digits."
            fail("Invalid escape sequence", detail, at: place)
            return 2 + hex.count
        }
        guard let scalar = Unicode.Scalar(value) else {
            let code = String(value, radix: 16)
            let detail = "Cannot encode character U+\(code) in UTF-8."
            fail("Invalid escape sequence", detail, at: place)
            return 2 + hex.count
        }
        out += Array(String(scalar).utf8)
        return 2 + digits
    }

    private func part(of token: HCLToken, _ start: Int, _ count: Int) -> HCLRange {
        HCLRange(token.range.source, token.range.from + start, token.range.from + start + count)
    }
}
