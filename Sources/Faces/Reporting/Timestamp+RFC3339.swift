package import CaissonBuildModel

extension Timestamp {
    /// The time in RFC 3339 with the decimals that it needs, as Go prints it; years are kept within 0 to 9999.
    package var rfc3339: String {
        let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
        var day = bounded / 86400
        var second = bounded % 86400
        if second < 0 {
            second += 86400
            day -= 1
        }
        // Days to a date of the Gregorian calendar, in eras of 400 years that start on 1 March.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2))"
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        var decimals = nanoseconds == 0 ? "" : "." + padded(Int64(nanoseconds), 9)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(date)T\(time)\(decimals)Z"
    }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Timestamp {
    /// Reads a date such as `2026-11-29`, in UTC, or a time of RFC 3339 such as `2026-11-29T10:00:00Z`; nil for another text.
    package init?(date text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return Int64(String(decoding: bytes[range], as: UTF8.self))
        }
        func isThere(_ byte: UInt8, _ place: Int) -> Bool { bytes.count > place && bytes[place] == byte }
        guard let year = number(0..<4), isThere(0x2D, 4), let month = number(5..<7), isThere(0x2D, 7),
            let day = number(8..<10), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let midnight = Self.days(year, month, day) * 86_400
        guard bytes.count > 10 else {
            self.init(seconds: midnight)
            return
        }
        guard isThere(0x54, 10), let hour = number(11..<13), isThere(0x3A, 13), let minute = number(14..<16),
            isThere(0x3A, 16), let second = number(17..<19), hour < 24, minute < 60, second <= 60,
            let offset = Self.offset(Substring(String(decoding: bytes[19...], as: UTF8.self)))
        else { return nil }
        self.init(seconds: midnight + hour * 3600 + minute * 60 + second - offset)
    }

    /// The days from 1970-01-01 to a date of the Gregorian calendar, in eras of 400 years that start on 1 March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The seconds that `Z` or `+01:00` stands for, decimals of the second before it left out; nil for another text.
    private static func offset(_ text: Substring) -> Int64? {
        var rest = text
        if rest.first == "." { rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber } }
        if rest == "Z" || rest == "z" { return 0 }
        let parts = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard rest.first == "+" || rest.first == "-", parts.count == 2, parts.allSatisfy({ $0.count == 2 }),
            let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return (rest.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
