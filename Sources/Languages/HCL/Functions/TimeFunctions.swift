import CaissonText

extension HCLFunction {
    private static let format = Parameter("format", .string)

    /// Functions with times.
    static let times: Group = [
        "timestamp": native(
            "Returns a string representation of the current date and time.",
            []
        ) { call throws(HCLCallError) in .string(Timestamp(seconds: call.environment.now()).description) },
        "timeadd": native(
            "Adds the duration represented by the given duration string to the given RFC 3339 timestamp string, returning "
                + "another RFC 3339 timestamp.",
            [Parameter("timestamp", .string), Parameter("duration", .string)]
        ) { call throws(HCLCallError) in
            let time = try Timestamp(parsing: call.text(0))
            guard let span = TimeSpan.nanoseconds(call.text(1)) else {
                throw HCLCallError("time: invalid duration \(call.text(1).goQuoted)")
            }
            return .string(time.adding(nanoseconds: span).description)
        },
        "formatdate": native(
            "Deprecated: use formattimestamp instead. Formats a timestamp given in RFC 3339 syntax into another timestamp "
                + "in some other machine-oriented time syntax, as described in the format string.",
            [format, Parameter("time", .string)]
        ) { call throws(HCLCallError) in
            let time = try Timestamp(parsing: call.text(1), argument: 1)
            return .string(try TimeFormat.text(time, call.text(0)))
        },
        "formattimestamp": native(
            "Formats a timestamp string in RFC 3339 syntax or a unix timestamp integer into another timestamp in some "
                + "other machine-oriented time syntax, as described in the format string. The special format string "
                + "\"X\" returns the unix timestamp in seconds.",
            [format, Parameter("time", .any)]
        ) { call throws(HCLCallError) in try formatted(call) },
        "unixtimestampparse": native(
            "Given a unix timestamp integer, will parse and return an object representation of that date and time. A unix "
                + "timestamp is the number of seconds elapsed since January 1, 1970 UTC.",
            [Parameter("unix_timestamp", .number, "Unix Timestamp integer to parse")]
        ) { call throws(HCLCallError) in try unixTime(call, 0).parts },
    ]

    private static func formatted(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let time: Timestamp
        switch call.arguments[1].type {
        case .string: time = try Timestamp(parsing: call.text(1), argument: 1)
        case .number: time = try unixTime(call, 1)
        default: throw HCLCallError("must be a string timestamp or a unix timestamp number", argument: 1)
        }
        return .string(call.text(0) == "X" ? String(time.seconds) : try TimeFormat.text(time, call.text(0)))
    }

    /// A time of the years from 1 to 9999.
    private static func unixTime(_ call: HCLCall, _ index: Int) throws(HCLCallError) -> Timestamp {
        guard let seconds = call.number(index).integer else {
            throw HCLCallError("unix timestamp must be an integer", argument: index)
        }
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else {
            throw HCLCallError("unix timestamp must be within the years 1 to 9999", argument: index)
        }
        return Timestamp(seconds: seconds)
    }
}

/// Spans of time as Go writes them, such as `-1h30m`.
enum TimeSpan {
    private static let units: [String: Int] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    /// The nanoseconds of a text; nil where it means none, and for more than fit into 63 bits.
    static func nanoseconds(_ text: String) -> Int? {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual([0x30]) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0
        while !rest.isEmpty {
            guard let part = part(&rest) else { return nil }
            let (sum, isOver) = total.addingReportingOverflow(part)
            if isOver { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    private static func part(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let whole = rest.prefix(while: \.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: \.isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard whole.count + fraction.count > 0 else { return nil }
        let unit = rest.prefix { $0 != UInt8(ascii: ".") && !$0.isDigit }
        rest = rest.dropFirst(unit.count)
        guard let scale = units[String(decoding: unit, as: UTF8.self)],
            let number = whole.isEmpty ? 0 : Int(String(decoding: whole, as: UTF8.self))
        else { return nil }
        let (scaled, isOver) = number.multipliedReportingOverflow(by: scale)
        if isOver { return nil }
        let digits = fraction.prefix(18)
        let numerator = Double(String(decoding: digits, as: UTF8.self)) ?? 0
        let denominator = digits.reduce(1.0) { power, _ in power * 10 }
        let (sum, isSumOver) = scaled.addingReportingOverflow(Int(numerator * (Double(scale) / denominator)))
        return isSumOver ? nil : sum
    }
}

/// Writes a time as a format of letters says: `YYYY-MM-DD hh:mm:ss`.
enum TimeFormat {
    static func text(_ time: Timestamp, _ format: String) throws(HCLCallError) -> String {
        let bytes = Array(format.utf8)
        var out: [UInt8] = []
        var next = 0
        while next < bytes.count {
            let byte = bytes[next]
            if byte == UInt8(ascii: "'") {
                try quoted(bytes, &next, &out)
            } else if byte.isLowercase || byte.isUppercase {
                let count = bytes[next...].prefix { $0 == byte }.count
                out += Array(try verb(byte, count, time).utf8)
                next += count
            } else {
                out.append(byte)
                next += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Text between apostrophes; two of them are one.
    private static func quoted(_ bytes: [UInt8], _ next: inout Int, _ out: inout [UInt8]) throws(HCLCallError) {
        let apostrophe = UInt8(ascii: "'")
        next += 1
        if next < bytes.count, bytes[next] == apostrophe {
            out.append(apostrophe)
            next += 1
            return
        }
        while next < bytes.count {
            guard bytes[next] == apostrophe else {
                out.append(bytes[next])
                next += 1
                continue
            }
            guard next + 1 < bytes.count, bytes[next + 1] == apostrophe else {
                next += 1
                return
            }
            out.append(apostrophe)
            next += 2
        }
        throw HCLCallError("unterminated literal '", argument: 0)
    }

    private static func verb(_ letter: UInt8, _ count: Int, _ time: Timestamp) throws(HCLCallError) -> String {
        let clock = time.clock
        switch (letter, count) {
        case (UInt8(ascii: "Y"), 2): return (clock.year % 100).padded(2)
        case (UInt8(ascii: "Y"), 4): return clock.year.padded(4)
        case (UInt8(ascii: "M"), 1...2): return clock.month.padded(count)
        case (UInt8(ascii: "M"), 3): return String(Calendar.months[clock.month - 1].prefix(3))
        case (UInt8(ascii: "M"), 4): return Calendar.months[clock.month - 1]
        case (UInt8(ascii: "D"), 1...2): return clock.day.padded(count)
        case (UInt8(ascii: "E"), 3): return String(Calendar.weekdays[clock.weekday].prefix(3))
        case (UInt8(ascii: "E"), 4): return Calendar.weekdays[clock.weekday]
        case (UInt8(ascii: "h"), 1...2): return clock.hour.padded(count)
        case (UInt8(ascii: "H"), 1...2): return (clock.hour % 12 == 0 ? 12 : clock.hour % 12).padded(count)
        case (UInt8(ascii: "A"), 2): return clock.hour < 12 ? "AM" : "PM"
        case (UInt8(ascii: "a"), 2): return clock.hour < 12 ? "am" : "pm"
        case (UInt8(ascii: "m"), 1...2): return clock.minute.padded(count)
        case (UInt8(ascii: "s"), 1...2): return clock.second.padded(count)
        case (UInt8(ascii: "Z"), 1): return time.offset == 0 ? "Z" : time.zone()
        case (UInt8(ascii: "Z"), 3): return time.zone("") == "+0000" ? "UTC" : time.zone("")
        case (UInt8(ascii: "Z"), 4): return time.zone("")
        case (UInt8(ascii: "Z"), 5): return time.zone()
        default: throw unknown(letter, count)
        }
    }

    private static let hints: [UInt8: String] = [
        UInt8(ascii: "Y"): "year must either be \"YY\" or \"YYYY\"",
        UInt8(ascii: "M"): "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
        UInt8(ascii: "D"): "day of month must either be \"D\" or \"DD\"",
        UInt8(ascii: "E"): "day of week must either be \"EEE\" or \"EEEE\"",
        UInt8(ascii: "h"): "24-hour must either be \"h\" or \"hh\"",
        UInt8(ascii: "H"): "12-hour must either be \"H\" or \"HH\"",
        UInt8(ascii: "A"): "must be \"AA\"",
        UInt8(ascii: "a"): "must be \"aa\"",
        UInt8(ascii: "m"): "minute must either be \"m\" or \"mm\"",
        UInt8(ascii: "s"): "second must either be \"s\" or \"ss\"",
        UInt8(ascii: "Z"): "timezone must be Z, ZZZZ, or ZZZZZ",
    ]

    private static func unknown(_ letter: UInt8, _ count: Int) -> HCLCallError {
        let verb = String(repeating: String(Unicode.Scalar(letter)), count: min(count, 16))
        let hint = hints[letter].map { ": \($0)" } ?? ""
        return HCLCallError("invalid date format verb \(verb.goQuoted)\(hint)", argument: 0)
    }
}
