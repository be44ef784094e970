import CaissonBuildModel
import CaissonReporting

/// Figures in a form for people, the same in all forms of the report.
enum Figure {
    /// The longest span that is told, in seconds: some 31,700 years.
    private static let longest = 1e12

    /// A span of seconds within bounds; nil for what is no number.
    static func bounded(_ seconds: Double?) -> Double? {
        guard let seconds, seconds.isFinite else { return nil }
        return min(max(seconds, 0), longest)
    }

    /// A share from 0 to 1; nil for what is no number.
    static func share(_ share: Double?) -> Double? {
        guard let share, share.isFinite else { return nil }
        return min(max(share, 0), 1)
    }

    /// A span such as `0.01s`, `2.4s`, `1m 05s`; a dash where it isn't known.
    static func span(_ seconds: Double?) -> String {
        guard let seconds = bounded(seconds) else { return "–" }
        if seconds > 0, seconds < 0.0095 { return seconds < 0.001 ? "<0.001s" : Quantity.decimal(seconds, 3) + "s" }
        if seconds > 0, seconds < 0.095 { return Quantity.decimal(seconds, 2) + "s" }
        return seconds == 0 ? "0s" : SpanText.exact(seconds: seconds)
    }

    /// A share such as `62%`; a dash where it isn't known.
    static func percent(_ share: Double?) -> String {
        guard let share = self.share(share) else { return "–" }
        let points = Int((share * 100).rounded())
        // What isn't all or nothing isn't told as that.
        if points == 0, share > 0 { return "<1%" }
        if points == 100, share < 1 { return ">99%" }
        return "\(points)%"
    }

    /// A count with commas: `10,000`.
    static func count(_ count: Int) -> String {
        var digits = String(count.magnitude)[...]
        var groups: [Substring] = []
        while digits.utf8.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        groups.insert(digits, at: 0)
        return (count < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// A count with its noun: `1 build`, `3 builds`.
    static func count(_ count: Int, _ noun: String) -> String { "\(self.count(count)) \(noun)\(count == 1 ? "" : "s")" }

    /// A time to the second in UTC: `2026-11-30 20:30:00`.
    static func time(_ time: Timestamp) -> String {
        let text = Timestamp(seconds: time.seconds).rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
    }

    /// A time to the minute.
    static func minute(_ time: Timestamp) -> String { String(self.time(time).prefix(16)) }

    /// How much something changed: `+40%`, `-12%`, `4.1 times`; nil where there was nothing before.
    static func change(_ before: Double, _ after: Double) -> String? {
        guard let before = bounded(before), let after = bounded(after), before > 0 else { return nil }
        let ratio = min(after / before, 1e6)
        if ratio >= 3 { return Quantity.decimal(ratio, ratio < 10 ? 1 : 0) + " times" }
        let points = Int(((ratio - 1) * 100).rounded())
        return points < 0 ? "−\(-points)%" : "+\(points)%"
    }
}

extension Figure {
    /// An amount of bytes such as `3.15MB`; negative ones count as none.
    static func bytes(_ count: Int64) -> String { Quantity.bytes(max(0, count)) }
}
