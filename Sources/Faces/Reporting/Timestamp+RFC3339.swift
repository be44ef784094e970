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
