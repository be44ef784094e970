import CaissonJSON
import CaissonReporting
import CaissonText

// Values in the JSON of this module, as in that of builds: all keys are always there, and what isn't known is `null`.
extension JSON {
    /// An object with its members in their order.
    static func members(_ members: (String, JSON)...) -> JSON { .object(members.map { JSONMember($0.0, $0.1) }) }

    /// A text, or `null`.
    static func words(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A whole number, or `null`.
    static func whole(_ number: (some BinaryInteger)?) -> JSON { number.map { .number("\($0)") } ?? .null }

    /// Whether something is so, or `null`.
    static func truth(_ truth: Bool?) -> JSON { truth.map { .bool($0) } ?? .null }

    /// A span in seconds with three decimals at most, negative where it is; or `null`.
    static func span(_ span: Duration?) -> JSON {
        guard let span else { return .null }
        let longest = Duration.seconds(1_000_000_000_000)
        let (seconds, attoseconds) = min(max(span, .zero - longest), longest).components
        let half = attoseconds.signum() * 500_000_000_000_000
        let milliseconds = seconds * 1000 + (attoseconds + half) / 1_000_000_000_000_000
        let digits = String(String(milliseconds.magnitude % 1000 + 1000).dropFirst())
        return .number((milliseconds < 0 ? "-" : "") + trimmed("\(milliseconds.magnitude / 1000).\(digits)"))
    }

    /// A span that is given as a number of seconds, with three decimals at most; none where it is negative, and `null`
    /// for what is no number.
    static func span(seconds: Double?) -> JSON {
        guard let seconds = Figure.bounded(seconds) else { return .null }
        return .number(trimmed(Quantity.decimal(seconds, 3)))
    }

    /// A share from 0 to 1 with four decimals at most, or `null`.
    static func share(_ share: Double?) -> JSON {
        guard let share = Figure.share(share) else { return .null }
        let parts = Int((share * 10_000).rounded())
        let digits = String(String(parts % 10_000 + 10_000).dropFirst())
        return .number(trimmed("\(parts / 10_000).\(digits)"))
    }

    /// The value over several lines, harmless to a terminal: what could move its cursor is an escape of JSON.
    var wordLines: String {
        var writer = JSONWriter(.display, indented: true)
        writer.write(self)
        return writer.text + "\n"
    }

    /// A number with decimals without zeros at their end.
    private static func trimmed(_ number: String) -> String {
        var number = number
        while number.hasSuffix("0") { number.removeLast() }
        if number.hasSuffix(".") { number.removeLast() }
        return number
    }
}
