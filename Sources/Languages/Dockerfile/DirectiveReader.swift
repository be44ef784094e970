/// A text in quotation marks, for a message.
func quoted(_ text: String) -> String { "\"\(text)\"" }

/// Reads `# key=value`.
enum DirectiveReader {
    static func read(_ bytes: [UInt8], _ range: Range<Int>) -> Directive? {
        var index = range.lowerBound + 1
        func skipSpaces() { while index < range.upperBound, Ascii.isSpace(bytes[index]) { index += 1 } }
        skipSpaces()
        let nameStart = index
        while index < range.upperBound, Ascii.isLetter(bytes[index]) || Ascii.isDigit(bytes[index]) { index += 1 }
        guard index > nameStart, Ascii.isLetter(bytes[nameStart]) else { return nil }
        let name = String(decoding: bytes[nameStart..<index], as: UTF8.self).lowercased()
        skipSpaces()
        guard index < range.upperBound, bytes[index] == 0x3D, ["syntax", "escape", "check"].contains(name) else {
            return nil
        }
        index += 1
        skipSpaces()
        var end = range.upperBound
        while end > index, Ascii.isSpace(bytes[end - 1]) { end -= 1 }
        guard index < end else { return nil }
        let value = String(decoding: bytes[index..<end], as: UTF8.self)
        return Directive(name: name, value: value, valueSpan: index..<end, span: range)
    }
}
