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
