import CaissonJSON

/// A value of a span's attribute.
enum TraceValue {
    /// A text.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// True or false.
    case flag(Bool)

    /// What kind it is in Jaeger's JSON; Go's library of OpenTelemetry has the same words in capitals.
    var kind: String {
        switch self {
        case .text: "string"
        case .number: "int64"
        case .flag: "bool"
        }
    }
}

extension JSONWriter {
    /// Writes the value alone, as what it is in JSON.
    mutating func write(_ value: TraceValue) {
        switch value {
        case .text(let text): string(text)
        case .number(let number): self.number(number)
        case .flag(let flag): word(flag ? "true" : "false")
        }
    }
}
