package import CaissonBuildModel

/// Spans and points of time in a form for people.
package enum SpanText {
    private static let minute = 60.0
    private static let hour = 3600.0
    private static let day = 86_400.0
    /// Where clocks differ by no more than this, a time ahead of ours is none.
    private static let tolerance = 60.0

    /// A span as it was measured: `0.3s`, `12.3s`, `1m 05s`, `2h 05m`, `3d 04h`.
    package static func exact(_ duration: Duration) -> String { exact(seconds: duration.inSeconds) }

    /// The same of seconds, which may be any number.
    package static func exact(seconds: Double) -> String {
        let seconds = bounded(seconds)
        if seconds < minute - 0.05 { return Quantity.decimal(seconds, 1) + "s" }
        let whole = Int64(seconds.rounded())
        if whole < 3600 { return "\(whole / 60)m \(padded(whole % 60))s" }
        if whole < 86_400 { return "\(whole / 3600)h \(padded(whole % 3600 / 60))m" }
        return "\(whole / 86_400)d \(padded(whole % 86_400 / 3600))h"
    }

    /// A span that is only guessed: `5s`, `45s`, `2m`, `1h 20m`.
    package static func rough(_ duration: Duration) -> String {
        let seconds = bounded(duration.inSeconds)
        if seconds <= 55 { return "\(max(1, Int64((seconds / 5).rounded(.up))) * 5)s" }
        let minutes = Int64((seconds / minute).rounded())
        if minutes < 60 { return "\(max(1, minutes))m" }
        let fives = Int64((seconds / minute / 5).rounded()) * 5
        return fives % 60 == 0 ? "\(fives / 60)h" : "\(fives / 60)h \(fives % 60)m"
    }

    /// How long ago something was: `just now`, `3 minutes ago`, `2 days ago`; the date where it is ahead.
    package static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = now.seconds(since: time)
        guard seconds >= -tolerance else { return String(time.rfc3339.prefix { $0 != "T" }) }
        let (count, unit) = largest(seconds)
        if count == 0 { return "just now" }
        return count == 1 ? "1 \(unit) ago" : "\(count) \(unit)s ago"
    }

    /// The same in few letters: `now`, `3m ago`, `2d ago`.
    package static func shortAgo(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = now.seconds(since: time)
        guard seconds >= -tolerance else { return "ahead" }
        let (count, unit) = largest(seconds)
        let letters = unit == "month" ? "mo" : String(unit.prefix(1))
        return count == 0 ? "now" : "\(count)\(letters) ago"
    }

    /// The largest unit of which there is a whole one.
    private static func largest(_ seconds: Double) -> (count: Int64, unit: String) {
        let units = [
            (365 * day, "year"), (30 * day, "month"), (7 * day, "week"), (day, "day"), (hour, "hour"),
            (minute, "minute"), (1, "second"),
        ]
        let seconds = bounded(seconds)
        let found = units.first { seconds >= $0.0 }
        return found.map { (Int64(seconds / $0.0), $0.1) } ?? (0, "second")
    }

    private static func bounded(_ seconds: Double) -> Double { seconds.isNaN ? 0 : min(max(seconds, 0), 1e12) }

    private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension Duration {
    /// The span in seconds.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
