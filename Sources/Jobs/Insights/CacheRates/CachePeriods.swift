import CaissonBuildModel

/// Days and weeks of UTC.
enum CachePeriods {
    private static let secondsOfDay: Int64 = 86_400

    /// The number of the day since 1970-01-01; negative before it.
    static func day(of time: Timestamp) -> Int64 { floor(time.seconds, secondsOfDay) }

    /// The first day of the week, a Monday; the first day of 1970 was a Thursday.
    static func monday(of day: Int64) -> Int64 { floor(day + 3, 7) * 7 - 3 }

    /// A period without builds that begins with a day.
    static func period(ofDay day: Int64) -> CacheReport.Period {
        let (seconds, isOver) = day.multipliedReportingOverflow(by: secondsOfDay)
        let start = Timestamp(seconds: isOver ? (day < 0 ? .min : .max) : seconds)
        return CacheReport.Period(start: start, builds: 0, counts: CacheCounts())
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
