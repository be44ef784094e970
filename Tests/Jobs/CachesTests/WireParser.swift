/// A reader of filters by the grammar of containerd's `pkg/filters/parser.go` and `scanner.go`, as strict as those.
struct WireParser {
    struct Condition: Equatable {
        var field: String
        var comparison = ""
        var value = ""
    }

    private var rest: Substring.UnicodeScalarView

    /// The conditions; nil where containerd would refuse the filter.
    static func parse(_ text: String) -> [Condition]? {
        var parser = WireParser(rest: Substring(text).unicodeScalars)
        var conditions: [Condition] = []
        while true {
            guard let condition = parser.condition() else { return nil }
            conditions.append(condition)
            if parser.rest.isEmpty { return conditions }
            guard parser.rest.popFirst() == "," else { return nil }
        }
    }

    private mutating func condition() -> Condition? {
        let field = rest.prefix { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_") }
        rest = rest.dropFirst(field.count)
        guard !field.isEmpty else { return nil }
        var condition = Condition(field: String(field))
        if rest.isEmpty || rest.first == "," { return condition }
        let comparison = rest.prefix { "=!~".unicodeScalars.contains($0) }
        rest = rest.dropFirst(comparison.count)
        guard ["==", "!=", "~="].contains(String(comparison)), let first = rest.first else { return nil }
        condition.comparison = String(comparison)
        guard let value = first == "\"" ? quoted() : bare(first) else { return nil }
        condition.value = value
        return condition
    }

    private mutating func bare(_ first: Unicode.Scalar) -> String? {
        guard !"/|.,=!~".unicodeScalars.contains(first), !first.properties.isWhitespace else { return nil }
        let value = rest.prefix { $0 != "," && !$0.properties.isWhitespace && $0.value >= 0x20 && $0 != "\u{FFFD}" }
        rest = rest.dropFirst(value.count)
        return String(value)
    }

    private mutating func quoted() -> String? {
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(value)
            case "\n", "\0", "\u{FFFD}": return nil
            case "\\":
                guard let escaped = escape() else { return nil }
                value.append(escaped)
            default: value.append(scalar)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let letter = rest.popFirst() else { return nil }
        switch letter {
        case "\\", "\"": return letter
        case "n": return "\n"
        case "x", "u":
            let digits = rest.prefix(letter == "x" ? 2 : 4)
            rest = rest.dropFirst(digits.count)
            return UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }
}
