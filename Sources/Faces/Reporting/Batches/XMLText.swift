/// Texts within XML 1.0.
enum XMLText {
    /// The text with what has a meaning in XML as references; what XML 1.0 has no place for, such as NUL, is left out.
    ///
    /// It is fit for an element and for an attribute in double quotes, where line breaks become references.
    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x26: out += "&amp;".unicodeScalars
            case 0x3C: out += "&lt;".unicodeScalars
            case 0x3E: out += "&gt;".unicodeScalars
            case 0x22: out += "&quot;".unicodeScalars
            case 0x0A where keepsLines, 0x09 where keepsLines: out.append(scalar)
            case 0x09, 0x0A, 0x0D: out += "&#\(scalar.value);".unicodeScalars
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: break
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}

extension [String] {
    /// The last lines that have no more than so many bytes together; of a single one that is longer, its end.
    func last(bytes limit: Int) -> (lines: [String], isCut: Bool) {
        var left = limit
        var kept: [String] = []
        for line in reversed() {
            left -= line.utf8.count + 1
            guard left >= 0 else {
                if kept.isEmpty { kept = [String(decoding: line.utf8.suffix(limit), as: UTF8.self)] }
                return (kept.reversed(), true)
            }
            kept.append(line)
        }
        return (kept.reversed(), false)
    }
}
