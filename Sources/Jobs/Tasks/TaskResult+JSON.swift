import CaissonBuildModel
package import CaissonJSON

extension TaskResult {
    /// The result for programs, as `--format json` prints it.
    ///
    /// Every key is always there; what isn't known is `null`. Spans of time are seconds, points in time are RFC 3339.
    package var json: JSON {
        .object([
            JSONMember("id", .string(id)), JSONMember("run", .string(run.description)),
            JSONMember("status", .string(status.rawValue)), JSONMember("error", JSON(optional: error)),
            JSONMember("started", .string(started.internetText)), JSONMember("duration", JSON(seconds: duration)),
            JSONMember("artifacts", JSON(optional: artifacts)), JSONMember("workspace", JSON(optional: workspace)),
            JSONMember("steps", .array(steps.map(\.json))),
        ])
    }
}

extension TaskResult.Step {
    fileprivate var json: JSON {
        .object([
            JSONMember("id", .string(id)), JSONMember("status", .string(status.rawValue)),
            JSONMember("exit_code", exitCode.map { .number("\($0)") } ?? .null),
            JSONMember("error", JSON(optional: error)),
            JSONMember("started", JSON(optional: started?.internetText)),
            JSONMember("duration", JSON(seconds: duration)), JSONMember("attempts", .number("\(attempts)")),
            JSONMember("stdout", .string(output.text)), JSONMember("stdout_omitted", .number("\(output.omitted)")),
            JSONMember("stdout_clipped", .bool(isOutputClipped)),
            JSONMember("stderr", .string(errors.text)), JSONMember("stderr_omitted", .number("\(errors.omitted)")),
            JSONMember("stderr_clipped", .bool(areErrorsClipped)),
        ])
    }
}

extension JSON {
    fileprivate init(optional text: String?) { self = text.map(JSON.string) ?? .null }

    fileprivate init(seconds span: Duration) {
        let (seconds, attoseconds) = span.components
        self = .number(JSON.thousandths(max(seconds * 1000 + attoseconds / 1_000_000_000_000_000, 0)))
    }
}

extension Timestamp {
    /// The time as RFC 3339 has it, in UTC and with milliseconds: `2026-12-01T10:58:16.000Z`.
    var internetText: String {
        // Days are counted in years that begin with March, so that a leap day is a year's last: Howard Hinnant's way.
        let (days, clock) = (Int64.floor(seconds, 86_400), Int64.remainder(seconds, 86_400))
        let shifted = min(max(days, -719_468), 2_932_896) + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
        let time = [clock / 3600, clock / 60 % 60, clock % 60].map { Self.digits($0, 2) }.joined(separator: ":")
        return "\(date)T\(time).\(Self.digits(Int64(nanoseconds) / 1_000_000, 3))Z"
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(count - text.utf8.count, 0)) + text
    }
}

extension Int64 {
    fileprivate static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }

    fileprivate static func remainder(_ number: Int64, _ divisor: Int64) -> Int64 {
        number % divisor + (number % divisor < 0 ? divisor : 0)
    }
}
