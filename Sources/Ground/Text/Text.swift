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

    /// The text in double quotes on one line: control characters are shown as escapes, a long text is cut.
    package var quoted: String {
        var out = "\""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == 160 {
                out += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                out += scalar.escaped(asASCII: true)
            default:
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// Whether the text has ASCII upper-case letters.
    package var hasUppercaseASCII: Bool { utf8.contains { (0x41...0x5A).contains($0) } }

    /// Whether the text has a byte that is a control character or a blank.
    package var hasBlankOrControl: Bool { utf8.contains { $0 <= 0x20 || $0 == 0x7F } }
}

extension UInt8 {
    /// Whether it is one of `0-9`.
    package var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Whether it is one of `a-z`.
    package var isLowercase: Bool { (0x61...0x7A).contains(self) }
    /// Whether it is one of `A-Z`.
    package var isUppercase: Bool { (0x41...0x5A).contains(self) }
    /// Whether it is one of `a-zA-Z0-9`.
    package var isAlphanumeric: Bool { isDigit || isLowercase || isUppercase }
    /// Whether it is one of `0-9a-fA-F`.
    package var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self) || (0x41...0x46).contains(self) }
}

/// The candidate that is nearest to a mistyped text, when one is near enough to be meant.
package func nearest(to text: String, among candidates: [String]) -> String? {
    let limit = max(1, min(3, text.utf8.count / 3))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
        let distance = editDistance(text, candidate, limit: limit)
        if distance <= limit, distance < (best?.distance ?? .max) { best = (distance, candidate) }
    }
    return best?.candidate
}

/// The number of inserted, removed, changed or swapped letters between two texts, whatever their case.
///
/// Texts whose lengths differ by more than `limit` are not looked at: they count as `limit + 1`.
package func editDistance(_ a: String, _ b: String, limit: Int) -> Int {
    let a = Array(a.lowercased().utf8)
    let b = Array(b.lowercased().utf8)
    guard abs(a.count - b.count) <= limit, a.count <= 256, b.count <= 256 else { return limit + 1 }
    var older: [Int] = []
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var row = [i + 1]
        for (j, y) in b.enumerated() {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x == y ? 0 : 1))
            if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, older[j - 1] + 1) }
            row.append(cost)
        }
        (older, previous) = (previous, row)
    }
    return previous[b.count]
}
