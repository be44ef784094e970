import CaissonBuildModel
import CaissonText

/// Spans of time as the configuration spells them: as Go does, with days before, or as ISO 8601 does.
///
/// A number without a unit is none here: whoever writes it may mean minutes.
enum SpanNotation {
    private static let day: Int64 = 24 * 3600
    /// As many days as no configuration asks for.
    private static let mostDays: Int64 = 36_500

    /// Reads `90s`, `1h30m`, `7d`, `1d12h` or `PT5M`; nil where the text is none of these.
    static func parse(_ text: String) -> Duration? {
        guard text.utf8.count <= 64, text.utf8.last?.isDigit == false else { return nil }
        if text.hasPrefix("P") { return Timespan(iso8601: text)?.duration }
        guard let (days, rest) = text.cut(at: "d") else { return GoDuration.parse(text) }
        guard !days.isEmpty, days.utf8.allSatisfy(\.isDigit), let count = Int64(days), count <= mostDays else {
            return nil
        }
        guard !rest.isEmpty else { return .seconds(count * day) }
        return GoDuration.parse(rest).map { .seconds(count * day) + $0 }
    }

    /// The span in whole days where it is two or more of them, else as Go spells it.
    static func text(_ span: Duration) -> String {
        let (seconds, attoseconds) = span.components
        guard seconds >= 2 * day, seconds % day == 0, attoseconds == 0 else { return Timespan(span).description }
        return "\(seconds / day)d"
    }
}
