import CaissonText

/// What a plain scalar is to Go's YAML reader, which knows forms that YAML 1.2 doesn't.
enum ComposeScalar {
    /// What a text without quotes is.
    static func plain(_ text: String) -> ComposeValue.Kind {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        default: break
        }
        guard let first = text.utf8.first, first.isDigit || "+-.".utf8.contains(first), text.utf8.count <= 400 else {
            return .text(text)
        }
        if first.isDigit, isDate(text) { return .date(text) }
        return number(text) ?? .text(text)
    }

    /// A number; underscores between its digits don't count.
    private static func number(_ text: String) -> ComposeValue.Kind? {
        let bare = String(text.unicodeScalars.filter { $0 != "_" }.map(Character.init))
        let isNegative = bare.hasPrefix("-")
        let digits = isNegative || bare.hasPrefix("+") ? bare.dropFirst() : bare[...]
        guard let lead = digits.utf8.first, lead.isDigit || lead == UInt8(ascii: ".") else { return nil }
        if let (radix, rest) = radix(of: digits), let whole = whole(rest, radix, isNegative) { return whole }
        guard isDecimal(digits), let value = Double((isNegative ? "-" : "") + digits), value.isFinite else {
            return nil
        }
        return .float(value)
    }

    /// The base that a number's first characters name, and the digits after them; nil for what is no whole number.
    private static func radix(of digits: Substring) -> (Int, Substring)? {
        let prefixes: [(String, Int)] = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
        for (prefix, radix) in prefixes where digits.hasPrefix(prefix) { return (radix, digits.dropFirst(2)) }
        guard digits.utf8.allSatisfy(\.isDigit) else { return nil }
        return (digits.utf8.count > 1 && digits.hasPrefix("0") ? 8 : 10, digits)
    }

    private static func whole(_ digits: Substring, _ radix: Int, _ isNegative: Bool) -> ComposeValue.Kind? {
        guard digits.utf8.first?.isHexDigit == true else { return nil }
        if let value = Int64((isNegative ? "-" : "") + digits, radix: radix) { return .int(value) }
        return isNegative ? nil : UInt64(digits, radix: radix).map { .large($0) }
    }

    /// Whether a text is digits with a point or an exponent.
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

    /// Whether a text is a date as Go's reader takes it: `2026-1-31`, or with a time after a blank, `T` or `t`.
    private static func isDate(_ text: String) -> Bool {
        let head = text.utf8.prefix { $0.isDigit || $0 == UInt8(ascii: "-") }
        let parts = String(Substring(head)).pieces(at: "-")
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1...].allSatisfy({ (1...2).contains($0.utf8.count) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), day >= 1, day <= days(of: month, year)
        else { return false }
        let rest = String(Substring(text.utf8.dropFirst(head.count)))
        guard let mark = rest.utf8.first else { return true }
        return "Tt ".utf8.contains(mark) && isTime(String(Substring(rest.utf8.dropFirst())), hasZone: mark != 0x20)
    }

    private static func days(of month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Whether a text is hours, minutes and seconds, with a zone where there was no blank before it.
    private static func isTime(_ text: String, hasZone: Bool) -> Bool {
        let clock = String(Substring(text.utf8.prefix { $0.isDigit || $0 == 0x3A || $0 == 0x2E }))
        let zone = String(Substring(text.utf8.dropFirst(clock.utf8.count)))
        let parts = (clock.cut(at: ".")?.head ?? clock).pieces(at: ":")
        guard parts.count == 3, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), let second = Int(parts[2]),
            hour < 24, minute < 60, second < 60
        else { return false }
        return hasZone ? isZone(zone) : zone.isEmpty
    }

    private static func isZone(_ text: String) -> Bool {
        guard text != "Z" else { return true }
        let bytes = Array(text.utf8)
        return bytes.count == 6 && (bytes[0] == 0x2B || bytes[0] == 0x2D) && bytes[3] == 0x3A
            && [1, 2, 4, 5].allSatisfy { bytes[$0].isDigit }
    }
}
