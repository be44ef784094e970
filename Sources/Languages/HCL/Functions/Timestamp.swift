import CaissonText

/// A time with its distance from UTC.
struct Timestamp: CustomStringConvertible {
    /// Seconds since 1970 in UTC.
    var seconds: Int
    /// What is beyond the second.
    var nanoseconds = 0
    /// How far local time is ahead of UTC, in seconds.
    var offset = 0

    init(seconds: Int) { self.seconds = seconds }

    /// Reads RFC 3339: `2006-01-02T15:04:05.999-07:00`.
    init(parsing text: String, argument: Int? = nil) throws(HCLCallError) {
        var reader = TimestampReader(text, argument)
        self = try reader.read()
    }

    /// A time so much later.
    func adding(nanoseconds span: Int) -> Timestamp {
        var result = self
        let total = nanoseconds + span % 1_000_000_000
        let carry = total >= 1_000_000_000 ? 1 : total < 0 ? -1 : 0
        result.nanoseconds = total - carry * 1_000_000_000
        result.seconds = seconds + span / 1_000_000_000 + carry
        return result
    }

    /// The day and the time where the clock shows them.
    var clock: Clock { Clock(seconds: seconds + offset) }

    /// Day and time as clocks and calendars show them.
    struct Clock {
        var (year, month, day) = (1970, 1, 1)
        var (hour, minute, second) = (0, 0, 0)
        /// Days since 1970.
        var days: Int

        init(seconds: Int) {
            days = seconds >= 0 ? seconds / 86400 : (seconds + 1) / 86400 - 1
            let rest = seconds - days * 86400
            (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
            (year, month, day) = Calendar.date(days)
        }

        /// The day of the week: 0 is Sunday.
        var weekday: Int { ((days + 4) % 7 + 7) % 7 }
        /// The day of the year, from 1.
        var yearDay: Int { days - Calendar.days(year, 1, 1) + 1 }

        /// The year and the week of ISO 8601, whose first week has the year's first Thursday.
        var isoWeek: (year: Int, week: Int) {
            let thursday = days - (weekday + 6) % 7 + 3
            let year = Calendar.date(thursday).year
            return (year, (thursday - Calendar.days(year, 1, 1)) / 7 + 1)
        }
    }

    /// `+07:00`, or with another text between hours and minutes.
    func zone(_ separator: String = ":") -> String {
        let minutes = offset.magnitude / 60
        return (offset < 0 ? "-" : "+") + (minutes / 60).padded(2) + separator + (minutes % 60).padded(2)
    }

    /// RFC 3339 without fractions of a second.
    var description: String {
        let clock = clock
        let date = "\(clock.year.padded(4))-\(clock.month.padded(2))-\(clock.day.padded(2))"
        let time = "\(clock.hour.padded(2)):\(clock.minute.padded(2)):\(clock.second.padded(2))"
        return "\(date)T\(time)\(offset == 0 ? "Z" : zone())"
    }

    /// What `unixtimestampparse` tells of it.
    var parts: HCLValue {
        let clock = clock
        let week = clock.isoWeek
        let numbers = [
            "year": clock.year, "year_day": clock.yearDay, "day": clock.day, "month": clock.month,
            "weekday": clock.weekday, "hour": clock.hour, "minute": clock.minute, "second": clock.second,
            "iso_year": week.year, "iso_week": week.week,
        ]
        var attributes = numbers.mapValues { HCLValue.number($0) }
        attributes["month_name"] = .string(Calendar.months[clock.month - 1])
        attributes["weekday_name"] = .string(Calendar.weekdays[clock.weekday])
        attributes["rfc3339"] = .string(description)
        return .object(attributes)
    }
}

/// The calendar that is used everywhere today, as if it had always been.
enum Calendar {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The days from 1970 to a date.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the day that may be missing is the last.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    /// The date that so many days after 1970 is.
    static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719468
        let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
        let day = shifted - era * 146097
        let year = (day - day / 1460 + day / 36524 - day / 146096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            year + era * 400 + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    /// The number of days of a month.
    static func length(_ year: Int, _ month: Int) -> Int {
        let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
        return next - days(year, month, 1)
    }
}

extension BinaryInteger {
    /// The decimal digits, with zeros before them where there are fewer.
    func padded(_ count: Int) -> String {
        let digits = String(magnitude)
        return (self < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(0, count - digits.utf8.count)) + digits
    }
}

/// Reads a time of RFC 3339, and says what is wrong with it.
private struct TimestampReader {
    private let bytes: [UInt8]
    private let argument: Int?
    private var next = 0

    init(_ text: String, _ argument: Int?) {
        bytes = Array(text.utf8)
        self.argument = argument
    }

    private func failure(_ reason: String) -> HCLCallError {
        HCLCallError("not a valid RFC3339 timestamp: \(reason)", argument: argument)
    }

    mutating func read() throws(HCLCallError) -> Timestamp {
        let year = try number(4, 0...9999, "year")
        try sign("-")
        let month = try number(2, 1...12, "month")
        try sign("-")
        let day = try number(2, 1...Calendar.length(year, month), "day of month")
        guard next < bytes.count, bytes[next] == UInt8(ascii: "T") else {
            throw failure("missing required time introducer 'T'")
        }
        next += 1
        let hour = try number(2, 0...23, "hour")
        try sign(":")
        let minute = try number(2, 0...59, "minute")
        try sign(":")
        let second = try number(2, 0...59, "second")
        var time = Timestamp(
            seconds: Calendar.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
        )
        time.nanoseconds = fraction()
        time.offset = try zone()
        time.seconds -= time.offset
        return time
    }

    private mutating func number(_ count: Int, _ range: ClosedRange<Int>, _ what: String) throws(HCLCallError) -> Int {
        let digits = bytes[next...].prefix(count)
        guard !digits.isEmpty else { throw failure("end of string before \(what)") }
        let rest = String(decoding: bytes[next...], as: UTF8.self)
        guard digits.count == count, digits.allSatisfy(\.isDigit),
            let value = Int(String(decoding: digits, as: UTF8.self))
        else { throw failure("cannot use \(rest.goQuoted) as \(what)") }
        guard range.contains(value) else {
            throw failure("\(what) must be between \(range.lowerBound) and \(range.upperBound) inclusive")
        }
        next += count
        return value
    }

    private mutating func sign(_ wanted: Character) throws(HCLCallError) {
        guard next < bytes.count else { throw failure("end of string where \"\(wanted)\" is expected") }
        guard bytes[next] == wanted.asciiValue else {
            let rest = String(decoding: bytes[next...], as: UTF8.self)
            throw failure("found \(rest.goQuoted) where \"\(wanted)\" is expected")
        }
        next += 1
    }

    private mutating func fraction() -> Int {
        guard next + 1 < bytes.count, bytes[next] == UInt8(ascii: "."), bytes[next + 1].isDigit else { return 0 }
        let digits = bytes[(next + 1)...].prefix(while: \.isDigit)
        next += 1 + digits.count
        let nine = String(decoding: digits.prefix(9), as: UTF8.self)
        return Int(nine + String(repeating: "0", count: 9 - nine.utf8.count)) ?? 0
    }

    private mutating func zone() throws(HCLCallError) -> Int {
        let rest = bytes[next...]
        if rest.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
        guard let first = rest.first else { throw failure("end of string before UTC offset") }
        let bad = failure("cannot use \(String(decoding: rest, as: UTF8.self).goQuoted) as UTC offset")
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-"), rest.count == 6 else { throw bad }
        next += 1
        let hours = try number(2, 0...23, "UTC offset")
        try sign(":")
        let minutes = try number(2, 0...59, "UTC offset")
        let offset = (hours * 60 + minutes) * 60
        return first == UInt8(ascii: "-") ? -offset : offset
    }
}
