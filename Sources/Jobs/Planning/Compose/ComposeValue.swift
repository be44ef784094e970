import CaissonText

/// A value of a compose file, with its place.
///
/// Files are merged as values before anything is made of them, since each may write the same thing in another form.
struct ComposeValue: Sendable {
    /// What it is, by the rules of Go's YAML reader.
    indirect enum Kind: Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        /// A whole number above those of 64 bits with a sign.
        case large(UInt64)
        case float(Double)
        case text(String)
        /// A date or time without quotes, which is no text to compose.
        case date(String)
        case list([ComposeValue])
        case map([String: ComposeField])
        /// A value that a problem was reported for; whoever meets it says nothing more.
        case broken
    }

    var kind: Kind
    var place: ComposePlace

    init(_ kind: Kind, at place: ComposePlace) {
        self.kind = kind
        self.place = place
    }

    /// The text, when it is one.
    var text: String? { if case .text(let text) = kind { text } else { nil } }
    /// The list, when it is one.
    var list: [ComposeValue]? { if case .list(let values) = kind { values } else { nil } }
    /// The fields, when it is a table.
    var fields: [String: ComposeField]? { if case .map(let fields) = kind { fields } else { nil } }
    /// Whether it is nothing.
    var isNull: Bool { if case .null = kind { true } else { false } }
    /// Whether a problem was reported for it.
    var isBroken: Bool { if case .broken = kind { true } else { false } }

    /// The value of that key in a table.
    subscript(_ key: String) -> ComposeValue? { fields?[key]?.value }

    /// The fields in the order of their keys, so that what is found doesn't depend on chance.
    var sortedFields: [(key: String, field: ComposeField)] {
        (fields ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What it is, in the words of messages.
    var noun: String {
        switch kind {
        case .null: "nothing"
        case .bool: "a boolean"
        case .int, .large, .float: "a number"
        case .text: "a text"
        case .date: "a date"
        case .list: "a list"
        case .map: "a table"
        case .broken: "a faulty value"
        }
    }
}

/// A key of a table with its value.
struct ComposeField: Sendable {
    /// Where the key stands.
    var place: ComposePlace
    var value: ComposeValue
}

extension ComposeValue {
    /// The text of a scalar as Go's `%v` prints it; nil for lists, tables and nothing.
    var printed: String? {
        switch kind {
        case .bool(let isTrue): "\(isTrue)"
        case .int(let number): "\(number)"
        case .large(let number): "\(number)"
        case .float(let number): GoFloat.text(number)
        case .text(let text), .date(let text): text
        case .null, .list, .map, .broken: nil
        }
    }
}

/// Floating-point numbers as Go prints them.
enum GoFloat {
    /// The shortest decimal that reads back as the number, with an exponent below 1e-4 and from 1e6 on, as `%v` has it.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number == 0 { return number.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = decimal(number.magnitude)
        let sign = number < 0 ? "-" : ""
        // The exponent is that of the first digit.
        guard (-4..<6).contains(exponent) else {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size)"
        }
        return sign + plain(digits, exponent)
    }

    private static func plain(_ digits: String, _ exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = exponent + 1
        guard digits.count > whole else { return digits + String(repeating: "0", count: whole - digits.count) }
        return "\(digits.prefix(whole)).\(digits.dropFirst(whole))"
    }

    /// The shortest digits, without zeros at either end, and the power of ten of the first one.
    private static func decimal(_ number: Double) -> (digits: String, exponent: Int) {
        let parts = number.description.lowercased().pieces(at: "e")
        let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let (whole, fraction) = parts[0].cut(at: ".") ?? (parts[0], "")
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), power + whole.count - 1 - leading)
    }
}
