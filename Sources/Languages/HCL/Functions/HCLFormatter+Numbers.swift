import BigInt

extension HCLFormatter.Verb {
    /// The text, filled up to the width.
    func padded(_ text: String) -> String {
        let missing = (width ?? 0) - text.count
        guard missing > 0 else { return text }
        let fill = String(repeating: hasZero ? "0" : " ", count: missing)
        return hasMinus ? text + fill : fill + text
    }

    /// A whole number, as Go formats one.
    func integer(_ value: BigInt) -> String {
        let sign = value.sign == .minus && !value.isZero ? "-" : hasPlus ? "+" : hasSpace ? " " : ""
        let (radix, prefix) =
            switch letter {
            case UInt8(ascii: "b"): (2, "0b")
            case UInt8(ascii: "o"): (8, "0")
            case UInt8(ascii: "x"): (16, "0x")
            case UInt8(ascii: "X"): (16, "0X")
            default: (10, "")
            }
        let digits = String(value.magnitude, radix: radix, uppercase: letter == UInt8(ascii: "X"))
        if precision == 0, digits == "0" { return "" }
        var zeros = max(0, (precision ?? 0) - digits.utf8.count)
        let shownPrefix = hasSharp ? prefix : ""
        let length = sign.utf8.count + shownPrefix.utf8.count + zeros + digits.utf8.count
        let missing = max(0, (width ?? 0) - length)
        var (left, right) = (0, 0)
        if hasMinus {
            right = missing
        } else if hasZero && precision == nil {
            zeros += missing
        } else {
            left = missing
        }
        let body = sign + shownPrefix + String(repeating: "0", count: zeros) + digits
        return String(repeating: " ", count: left) + body + String(repeating: " ", count: right)
    }

    /// A number, as Go formats one; nil for one of too many digits.
    func number(_ value: HCLNumber) -> String? {
        var text: String?
        switch letter {
        case UInt8(ascii: "e"), UInt8(ascii: "E"): text = value.text(.exponent, digits: precision ?? 6)
        case UInt8(ascii: "f"): text = value.text(.plain, digits: precision ?? 6)
        default: text = value.text(.general, digits: precision)
        }
        guard var digits = text else { return nil }
        if letter == UInt8(ascii: "E") || letter == UInt8(ascii: "G") { digits = digits.uppercasedExponent }
        var sign = hasPlus ? "+" : hasSpace ? " " : ""
        if let first = digits.first, first == "-" || first == "+" {
            digits.removeFirst()
            sign = first == "+" && hasSpace ? " " : String(first)
        }
        let missing = max(0, (width ?? 0) - sign.utf8.count - digits.utf8.count)
        if hasZero && !value.isInfinite { return sign + String(repeating: "0", count: missing) + digits }
        let fill = String(repeating: " ", count: missing)
        return hasMinus ? sign + digits + fill : fill + sign + digits
    }
}

extension String {
    /// The same with a capital E before an exponent.
    fileprivate var uppercasedExponent: String { contains("Inf") ? self : uppercased() }
}
