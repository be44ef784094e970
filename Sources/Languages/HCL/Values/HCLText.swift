@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's composed form, NFC, which all of HCL's texts have.
    var composed: String {
        guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: _nfc)
        return String(scalars)
    }
}

extension String {
    /// The text between quotation marks as Go's `%q` writes it.
    var goQuoted: String {
        var out = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{07}": out += "\\a"
            case "\u{08}": out += "\\b"
            case "\u{0C}": out += "\\f"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0B}": out += "\\v"
            case _ where scalar.isShown: out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x80: out += "\\x" + scalar.hex(2)
            case _ where scalar.value < 0x10000: out += "\\u" + scalar.hex(4)
            default: out += "\\U" + scalar.hex(8)
            }
        }
        return out + "\""
    }
}

extension Unicode.Scalar {
    /// Whether it is shown as it is: letters, marks, numbers, signs and the blank.
    fileprivate var isShown: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    fileprivate func hex(_ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
