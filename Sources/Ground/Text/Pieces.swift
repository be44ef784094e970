// Texts are taken apart by bytes here, never by `Character`: a combining mark after a separator would hide it, and
// "\r\n" is one `Character`. All separators are ASCII, so cutting between bytes of UTF-8 is safe.

extension String {
    /// The text before and after the first `separator`; nil when there is none.
    package func cut(at separator: Unicode.Scalar) -> (head: String, tail: String)? {
        guard let byte = UInt8(exactly: separator.value), let index = utf8.firstIndex(of: byte) else { return nil }
        return (String(self[..<index]), String(self[utf8.index(after: index)...]))
    }

    /// The pieces between separators, empty ones included.
    package func pieces(at separator: Unicode.Scalar) -> [String] {
        utf8.split(separator: UInt8(truncatingIfNeeded: separator.value), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    /// The text without white space of ASCII at its ends.
    package var trimmed: String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (9...13).contains(byte) }
        guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}

extension StringProtocol {
    /// Whether the bytes begin with those of another text, whatever mark comes then.
    package func begins(with start: String) -> Bool { utf8.starts(with: start.utf8) }

    /// Whether the bytes end with those of another text.
    package func ends(with end: String) -> Bool { utf8.reversed().starts(with: end.utf8.reversed()) }

    /// Whether a character of ASCII is among the bytes, whatever mark comes behind it.
    package func has(_ character: Unicode.Scalar) -> Bool {
        UInt8(exactly: character.value).map { utf8.contains($0) } ?? false
    }
}
