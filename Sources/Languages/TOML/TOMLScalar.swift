/// Values without quotes: booleans, numbers, dates and times, as https://toml.io/en/v1.0.0 spells them.
///
/// The library ends the program for some words that are nearly one of these, so it gets none that isn't.
enum TOMLScalar {
    /// Whether a word is a value.
    static func isValid(_ word: String) -> Bool {
        word.utf8.count <= 256 && (isWord(word) || isNumber(word) || isMoment(word))
    }

    private static func isWord(_ word: String) -> Bool {
        word == "true" || word == "false" || word.wholeMatch(of: #/[+-]?(?:inf|nan)/#) != nil
    }

    private static func isNumber(_ word: String) -> Bool {
        let decimal =
            #/[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?/#
        let other = #/0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*/#
        return word.wholeMatch(of: decimal) != nil || word.wholeMatch(of: other) != nil
    }

    /// A date, a time, or both with or without an offset.
    private static func isMoment(_ word: String) -> Bool {
        let date = #/[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])/#
        let time = #/(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?/#
        if word.wholeMatch(of: date) != nil || word.wholeMatch(of: time) != nil { return true }
        guard word.utf8.count > 11, let separator = word.dropFirst(10).first, "Tt ".contains(separator) else {
            return false
        }
        guard word.prefix(10).wholeMatch(of: date) != nil else { return false }
        var rest = word.dropFirst(11)
        if let offset = rest.firstMatch(of: #/(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/#) {
            rest = rest[..<offset.range.lowerBound]
        }
        return rest.wholeMatch(of: time) != nil
    }
}
