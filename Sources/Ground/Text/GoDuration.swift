/// Spans of time as Go spells them: `90s`, `1h30m`, `500ms`, `1.5h`; a bare number is seconds.
package enum GoDuration {
    /// No span is as long as this, some 136 years: sums and products stay far from an overflow.
    private static let limit: Int64 = 1 << 32

    /// The span that a text means; nil where it means none.
    package static func parse(_ text: String) -> Duration? {
        if let seconds = Int64(text) { return (0..<limit).contains(seconds) ? .seconds(seconds) : nil }
        var rest = text.utf8[...]
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLowercase }
            rest = rest.dropFirst(digits.count + unit.count)
            guard let count = Double(Substring(digits)), let scale = units[String(Substring(unit))],
                count * scale < Double(limit) * 1e9
            else { return nil }
            total += .nanoseconds(Int64((count * scale).rounded()))
            guard total < .seconds(limit) else { return nil }
        }
        return total
    }

    private static let units: [String: Double] = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9]
}
