import CaissonText

/// Texts inside of a filter for BuildKit, which containerd's `pkg/filters` takes apart.
enum WireQuoting {
    /// A value as it may stand after an operator: as it is where that is plain, else in quotation marks.
    ///
    /// The scanner (`scanner.go`) ends a bare value at a comma or a space, and reads one that begins with `.`, `=`,
    /// `"`, `/` or `|` as something else; in quotation marks it takes Go's escapes. It refuses zero bytes, line ends
    /// and U+FFFD as they are, whichever way.
    static func value(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        if isPlain, let first = text.utf8.first, isWord(first) { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                out += "\\"
                out.unicodeScalars.append(scalar)
            case "\u{FFFD}": out += "\\ufffd"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\\x" + hex(scalar.value, digits: 2)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// A regular expression that finds the descriptions of the cache mounts that have an id, alone or after a slash.
    ///
    /// BuildKit quotes the id (`solver/llbsolver/mounts/mount.go`), so a quotation mark of another id has a backslash
    /// before it and isn't taken for the one that begins here.
    static func mountPattern(id: String) -> String {
        "^cached mount (?s:.*) with id \"/?" + literal(goQuoted(id)) + "\"$"
    }

    /// What Go's `strconv.Quote` writes between its quotation marks.
    ///
    /// What Go shows as it is depends on its version of Unicode; here it is what isn't a control, a separator, a
    /// private or an unassigned one.
    static func goQuoted(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if let letter = escapes[scalar] {
                out += "\\" + letter
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                out += "\\x" + hex(scalar.value, digits: 2)
            } else if scalar == " " || isShown(scalar) {
                out.unicodeScalars.append(scalar)
            } else if scalar.value < 0x10000 {
                out += "\\u" + hex(scalar.value, digits: 4)
            } else {
                out += "\\U" + hex(scalar.value, digits: 8)
            }
        }
        return out
    }

    /// A regular expression that finds the text itself.
    static func literal(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            if #"\.+*?()|[]{}^$"#.unicodeScalars.contains(scalar) { out += "\\" }
            out.unicodeScalars.append(scalar)
        }
        return out
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\u{7}": "a", "\u{8}": "b", "\u{C}": "f", "\n": "n", "\r": "r", "\t": "t", "\u{B}": "v", "\\": "\\",
        "\"": "\"",
    ]

    private static func isWord(_ byte: UInt8) -> Bool { byte.isAlphanumeric || byte == UInt8(ascii: "_") }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
