/// A span of time as Go spells it: `90s`, `1h30m`, `500ms`; a bare number is seconds.
public struct Timespan: Sendable, Hashable {
    /// The span.
    public var duration: Duration

    /// Reads a span; nil where the text is none.
    public init?(parsing text: String) {
        if let seconds = Int64(text), seconds >= 0, seconds < 1 << 32 {
            duration = .seconds(seconds)
            return
        }
        var rest = Substring(text)
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let count = Double(digits), count < 4e9, let unit = Self.units[String(letters)] else { return nil }
            total += .nanoseconds(Int64((count * unit).rounded()))
            guard total < .seconds(1 << 32) else { return nil }
        }
        duration = total
    }

    private static let units: [String: Double] = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9]
}
