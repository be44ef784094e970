import CaissonText

/// A span of time as Go spells it: `90s`, `1h30m`, `500ms`; a bare number is seconds.
public struct Timespan: Sendable, Hashable {
    /// The span.
    public var duration: Duration

    /// Takes a span as it is.
    public init(_ duration: Duration) {
        self.duration = duration
    }

    /// Reads a span; nil where the text is none.
    public init?(parsing text: String) {
        guard let duration = GoDuration.parse(text) else { return nil }
        self.duration = duration
    }

    /// Reads a span as ISO 8601 spells it: `PT5M`, `P1DT12H`, `PT1.5S`; days have 24 hours, and there are no months or years.
    ///
    /// Seconds alone may have a fraction, of nine digits at most.
    public init?(iso8601 text: String) {
        let units: [(letter: UInt8, seconds: Int64)] = [
            (UInt8(ascii: "W"), 604_800), (UInt8(ascii: "D"), 86_400), (UInt8(ascii: "H"), 3600),
            (UInt8(ascii: "M"), 60), (UInt8(ascii: "S"), 1),
        ]
        guard text.utf8.first == UInt8(ascii: "P"), text.utf8.count <= 64 else { return nil }
        var rest = text.utf8.dropFirst()
        var (left, isTime, total) = (units[...], false, Int64(0))
        while let byte = rest.first {
            if byte == UInt8(ascii: "T"), !isTime, rest.count > 1 {
                isTime = true
                rest = rest.dropFirst()
                left = units[2...]
            }
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            if let fraction = Self.fraction(rest) {
                guard let count = Int64(String(Substring(digits))), count <= Self.longest, isTime, !left.isEmpty,
                    total <= Self.longest
                else { return nil }
                duration = .seconds(total + count) + fraction
                return
            }
            guard let count = Int64(String(Substring(digits))), let letter = rest.popFirst(),
                let unit = left.firstIndex(where: { $0.letter == letter }), isTime == (unit >= 2),
                count <= Self.longest / units[unit].seconds
            else { return nil }
            total += count * units[unit].seconds
            left = units[(unit + 1)...]
        }
        guard total <= Self.longest, text.utf8.count > 1 else { return nil }
        duration = .seconds(total)
    }

    /// What a text such as `.5S` or `,25S` stands for, which is all that is left; nil for others.
    private static func fraction(_ text: Substring.UTF8View) -> Duration? {
        guard let first = text.first, [UInt8(ascii: "."), UInt8(ascii: ",")].contains(first),
            text.last == UInt8(ascii: "S")
        else { return nil }
        let digits = text.dropFirst().dropLast()
        guard (1...9).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        let padded = String(Substring(digits)) + String(repeating: "0", count: 9 - digits.count)
        return Int64(padded).map { .nanoseconds($0) }
    }

    /// As long as Go's spelling allows: some 136 years.
    private static let longest: Int64 = 1 << 32
}

extension Timespan: CustomStringConvertible {
    /// The span without what is zero: `1h30m`, `5m`, `1.5s`; whole milliseconds are told.
    public var description: String {
        let (whole, attoseconds) = duration.components
        guard duration > .zero else { return "0s" }
        let milliseconds = attoseconds / 1_000_000_000_000_000
        var text = whole >= 3600 ? "\(whole / 3600)h" : ""
        if whole % 3600 >= 60 { text += "\(whole % 3600 / 60)m" }
        let seconds = whole % 60
        guard milliseconds > 0 else { return seconds > 0 || text.isEmpty ? text + "\(seconds)s" : text }
        if text.isEmpty, seconds == 0 { return "\(milliseconds)ms" }
        var fraction = String(String(milliseconds + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return text + "\(seconds).\(fraction)s"
    }
}
