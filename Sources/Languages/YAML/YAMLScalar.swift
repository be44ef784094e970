import CaissonText

/// What the text of a scalar means.
enum YAMLScalar {
    /// The value of a text by its style and the type that is written before it.
    static func value(
        _ text: String,
        _ style: YAMLStyle,
        _ tag: String?,
        _ place: TextPlace,
        _ end: TextPlace
    ) throws(YAMLError) -> YAMLValue {
        let kind: YAMLValue.Kind
        switch tag {
        case nil, "!": kind = style == .plain ? plain(text) : .string(text, style)
        case "tag:yaml.org,2002:str": kind = .string(text, style == .plain ? .quoted : style)
        case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float":
            kind = plain(text)
            guard isOfType(kind, tag) else {
                throw YAMLError(
                    place,
                    "\(text.quoted) is not of the type that is written before it; leave the type out"
                )
            }
        case .some(let tag): throw YAMLError.unknown(tag: tag, place)
        }
        return YAMLValue(kind: kind, text: text, place: place, end: end)
    }

    private static func isOfType(_ kind: YAMLValue.Kind, _ tag: String?) -> Bool {
        switch kind {
        case .null: tag?.hasSuffix(":null") == true
        case .bool: tag?.hasSuffix(":bool") == true
        case .int: tag?.hasSuffix(":int") == true || tag?.hasSuffix(":float") == true
        case .float: tag?.hasSuffix(":float") == true
        default: false
        }
    }

    /// What a text without quotes is, by the core schema; `0755` is octal, as programs in Go read it.
    static func plain(_ text: String) -> YAMLValue.Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        default: return number(text) ?? .string(text, .plain)
        }
    }

    private static func number(_ text: String) -> YAMLValue.Kind? {
        guard let first = text.utf8.first, first.isDigit || "+-.".utf8.contains(first), text.utf8.count <= 400 else {
            return nil
        }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let digits = isSigned ? text.dropFirst() : text[...]
        guard let lead = digits.utf8.first, lead.isDigit || lead == UInt8(ascii: ".") else { return nil }
        let sign = isSigned && first == UInt8(ascii: "-") ? "-" : ""
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where digits.hasPrefix(prefix) {
            let rest = digits.dropFirst(2)
            guard rest.utf8.allSatisfy(\.isHexDigit) else { return nil }
            return Int64(sign + rest, radix: radix).map { .int($0) }
        }
        if digits.utf8.allSatisfy(\.isDigit) {
            let isOctal = digits.utf8.count > 1 && lead == UInt8(ascii: "0")
            if let value = Int64(sign + digits, radix: isOctal ? 8 : 10) { return .int(value) }
        }
        guard isDecimal(digits) else { return nil }
        return Double(sign + digits).map { .float($0) }
    }

    /// Whether a text is digits with a point or an exponent, as core schema has floats.
    private static func isDecimal(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        let whole = rest.prefix(while: \.isDigit).count
        rest = rest.dropFirst(whole)
        var decimals = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            decimals = rest.prefix(while: \.isDigit).count
            rest = rest.dropFirst(decimals)
        }
        guard whole + decimals > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(\.isDigit)
    }
}

extension YAMLError {
    /// A type that nobody knows here.
    static func unknown(tag: String, _ place: TextPlace) -> YAMLError {
        YAMLError(place, "the type \(tag.quoted) isn't known; leave it out")
    }
}
