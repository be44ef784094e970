/// Values without quotes: booleans, numbers, dates and times, as https://toml.io/en/v1.0.0 spells them.
enum TOMLScalar {
    /// The value of a word; nil where it is none.
    static func value(_ word: String) -> TOMLValue.Kind? {
        guard word.utf8.count <= 256 else { return nil }
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return number(word) ?? moment(word)
        }
    }

    private static func number(_ word: String) -> TOMLValue.Kind? {
        let digits = String(word.filter { $0 != "_" })
        if word.wholeMatch(of: #/[+-]?(?:0|[1-9](?:_?[0-9])*)/#) != nil { return Int64(digits).map { .int($0) } }
        let fraction = #/[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?/#
        if word.wholeMatch(of: fraction) != nil || word.wholeMatch(of: #/[+-]?(?:inf|nan)/#) != nil {
            return Double(digits).map { .float($0) }
        }
        let bases = [
            (16, #/0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*/#), (8, #/0o[0-7](?:_?[0-7])*/#), (2, #/0b[01](?:_?[01])*/#),
        ]
        guard let base = bases.first(where: { word.wholeMatch(of: $0.1) != nil })?.0 else { return nil }
        return Int64(digits.dropFirst(2), radix: base).map { .int($0) }
    }

    /// A date, a time, or both with or without an offset; as written, but with a big T and Z.
    private static func moment(_ word: String) -> TOMLValue.Kind? {
        if isDate(word[...]) || isTime(word[...]) { return .time(word) }
        let date = word.prefix(10)
        guard isDate(date), let separator = word.dropFirst(10).first, "Tt ".contains(separator) else { return nil }
        let rest = word.dropFirst(11)
        let offset = rest.firstMatch(of: #/(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/#)
        let time = rest[..<(offset?.range.lowerBound ?? rest.endIndex)]
        guard isTime(time) else { return nil }
        return .time("\(date)T\(time)\(offset.map { $0.output == "z" ? "Z" : String($0.output) } ?? "")")
    }

    private static func isTime(_ text: Substring) -> Bool {
        text.wholeMatch(of: #/(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?/#) != nil
    }

    private static func isDate(_ text: Substring) -> Bool {
        guard let match = text.wholeMatch(of: #/([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])/#),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3)
        else { return false }
        let isLeapYear = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = month == 2 ? (isLeapYear ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        return day <= days
    }
}
