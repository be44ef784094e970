import CaissonText

/// Finds `<<NAME` among the words of an instruction.
struct HeredocReader {
    let text: LogicalText
    let end: Int

    /// The heredocs after an offset, in order.
    func read(from start: Int) -> [Heredoc] {
        let bytes = text.bytes
        guard start < end, ByteSearch.first([0x3C, 0x3C], in: bytes[start..<end]) != nil else { return [] }
        // BuildKit reads the whole line as words, and sees no heredoc where it can't: after an open quote, say.
        guard Expansion.isReadable(Array(bytes[..<end])) else { return [] }
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
        if stripsTabs {
            index += 1
        } else {
            while index < end, Ascii.isBlank(bytes[index]) { index += 1 }
        }
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
