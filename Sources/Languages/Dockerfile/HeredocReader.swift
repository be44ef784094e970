import CaissonText

/// Finds `<<NAME` among the words of an instruction.
struct HeredocReader {
    let text: LogicalText
    let end: Int

    /// The heredocs after an offset, in order.
    func read(from start: Int) -> [Heredoc] {
        let bytes = text.bytes
        guard start < end, ByteSearch.first([0x3C, 0x3C], in: bytes[start..<end]) != nil else { return [] }
        var found: [Heredoc] = []
        var index = start
        while index < end {
            while index < end, Ascii.isSpace(bytes[index]) { index += 1 }
            let wordStart = index
            var digits = index
            while digits < end, Ascii.isDigit(bytes[digits]) { digits += 1 }
            if digits + 2 < end, bytes[digits] == 0x3C, bytes[digits + 1] == 0x3C,
                let heredoc = heredoc(wordStart: wordStart, operatorStart: digits, next: &index)
            {
                found.append(heredoc)
            } else {
                index = endOfWord(from: wordStart)
            }
        }
        return found
    }

    /// The end of a word; quotes and backslashes make blanks a part of it.
    private func endOfWord(from start: Int) -> Int {
        let bytes = text.bytes
        var index = start
        var quote: UInt8 = 0
        while index < end, quote != 0 || !Ascii.isSpace(bytes[index]) {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), quote != 0x27 {
                index += 1
            } else if quote == 0, byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if quote != 0, byte == quote {
                quote = 0
            }
            index += 1
        }
        return min(index, end)
    }

    private func heredoc(wordStart: Int, operatorStart: Int, next: inout Int) -> Heredoc? {
        let bytes = text.bytes
        var index = operatorStart + 2
        let stripsTabs = index < end && bytes[index] == 0x2D
        if stripsTabs { index += 1 }
        while index < end, Ascii.isBlank(bytes[index]) { index += 1 }
        let nameEnd = endOfWord(from: index)
        let raw = text.text(index..<nameEnd)
        guard !raw.isEmpty, !raw.utf8.contains(0x3C) else { return nil }
        let name = Expansion.unquoted(raw)
        guard !name.isEmpty else { return nil }
        next = nameEnd
        return Heredoc(
            name: name,
            descriptor: Int(text.text(wordStart..<operatorStart)) ?? 0,
            expands: !raw.utf8.contains { $0 == 0x22 || $0 == 0x27 },
            stripsTabs: stripsTabs,
            range: wordStart..<nameEnd,
            span: text.source(of: wordStart..<nameEnd),
            body: 0..<0
        )
    }
}

/// Reads a JSON list of strings strictly; anything else counts as no list.
struct JSONListReader {
    let bytes: [UInt8]
    let range: Range<Int>
    private var index: Int

    init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        index = range.lowerBound + 1
    }

    mutating func read() -> [(text: String, range: Range<Int>)]? {
        var strings: [(text: String, range: Range<Int>)] = []
        skipSpaces()
        if take(0x5D) { return isAtEnd ? strings : nil }
        while true {
            skipSpaces()
            let start = index
            guard take(0x22), let text = string() else { return nil }
            strings.append((text, start..<index))
            skipSpaces()
            if take(0x5D) { return isAtEnd ? strings : nil }
            guard take(0x2C) else { return nil }
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
        let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        index += 4
        return value
    }
}
