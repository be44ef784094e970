import CaissonBuildModel
import CaissonText

/// Times as RFC 3339 writes them, and days of UTC: `2026-11-30T08:00:00Z`, `2026-11-30T09:00:00.5+01:00`, `2026-11-30`.
enum CalendarTime {
    /// The time that a text means; nil where it means none.
    static func parse(_ text: String) -> Timestamp? {
        var rest = text.utf8[...]
        guard let year = number(4, &rest), take("-", &rest), let month = number(2, &rest), take("-", &rest),
            let day = number(2, &rest), let days = days(year: year, month: month, day: day)
        else { return nil }
        if rest.isEmpty { return Timestamp(seconds: days * 86_400) }
        guard take("T", &rest) || take("t", &rest), let hour = number(2, &rest), take(":", &rest),
            let minute = number(2, &rest), take(":", &rest), let second = number(2, &rest), hour < 24, minute < 60,
            second < 60, let nanoseconds = fraction(&rest), let offset = offset(&rest), rest.isEmpty
        else { return nil }
        return Timestamp(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: nanoseconds
        )
    }

    private static func take(_ scalar: Unicode.Scalar, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ count: Int, _ rest: inout Substring.UTF8View) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return Int64(String(Substring(digits)))
    }

    /// The nanoseconds after a point; 0 where there is none, nil where no digits follow it.
    private static func fraction(_ rest: inout Substring.UTF8View) -> Int32? {
        guard take(".", &rest) else { return 0 }
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let nine = String(Substring(digits.prefix(9)))
        return Int32(nine + String(repeating: "0", count: 9 - nine.utf8.count))
    }

    /// The seconds that the zone is east of UTC.
    private static func offset(_ rest: inout Substring.UTF8View) -> Int64? {
        if take("Z", &rest) || take("z", &rest) { return 0 }
        let isEast = take("+", &rest)
        guard isEast || take("-", &rest), let hour = number(2, &rest), take(":", &rest),
            let minute = number(2, &rest), hour < 24, minute < 60
        else { return nil }
        return (hour * 3600 + minute * 60) * (isEast ? 1 : -1)
    }

    /// The days since 1970-01-01; nil where the calendar has no such day.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), year > 0, (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let before = year - 1
        let ofYears = before * 365 + before / 4 - before / 100 + before / 400
        return ofYears + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1 - 719_162
    }
}

extension Timestamp {
    /// The time from this moment to a later one; nil where it is longer than BuildKit can be told, some 292 years.
    func span(until later: Timestamp) -> Duration? {
        let (whole, isOver) = later.seconds.subtractingReportingOverflow(seconds)
        guard !isOver, (0..<(1 << 33)).contains(whole) else { return nil }
        return .seconds(whole) + .nanoseconds(Int64(later.nanoseconds) - Int64(nanoseconds))
    }
}
