import CaissonText

/// Tells whether a text is an IP address, without asking the C library, whose readers take octal and short forms.
package enum IPAddress {
    /// Whether the text is four decimal numbers up to 255 with dots between, none with a leading zero.
    package static func isV4(_ text: String) -> Bool {
        let parts = text.pieces(at: ".")
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(\.isDigit) && UInt8(part) != nil
                    && (part == "0" || !part.hasPrefix("0"))
            }
    }

    /// Whether the text is an IPv6 address without zone, `::` and a dotted end included.
    package static func isV6(_ text: String) -> Bool {
        guard text.utf8.count <= 45, text.utf8.contains(UInt8(ascii: ":")) else { return false }
        guard let gap = doubleColon(in: text) else { return groups(text, mayEndDotted: true) == 8 }
        let head = String(text.utf8.prefix(gap)) ?? ""
        let tail = String(text.utf8.dropFirst(gap + 2)) ?? ""
        guard doubleColon(in: tail) == nil else { return false }
        let before = head.isEmpty ? 0 : groups(head, mayEndDotted: false)
        let after = tail.isEmpty ? 0 : groups(tail, mayEndDotted: true)
        guard let before, let after else { return false }
        return before + after < 8
    }

    private static func doubleColon(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        return bytes.indices.dropLast().first { bytes[$0] == 0x3A && bytes[$0 + 1] == 0x3A }
    }

    /// How many 16-bit groups the text stands for; nil when it is malformed.
    private static func groups(_ text: String, mayEndDotted: Bool) -> Int? {
        var parts = text.pieces(at: ":")
        var count = 0
        if mayEndDotted, let last = parts.last, isV4(last) {
            parts.removeLast()
            count = 2
        }
        let isFine = parts.allSatisfy { (1...4).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isHexDigit) }
        return isFine ? count + parts.count : nil
    }
}
