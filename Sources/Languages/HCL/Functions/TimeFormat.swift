import CaissonText

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
