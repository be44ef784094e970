import CaissonText
import CaissonBuildModel

/// How often, and after how long, a call is repeated that a network failure spoilt.
package struct RetryPolicy: Sendable, Hashable {
    /// The tries after the first.
    package var retries: Int
    /// The wait before the second try; it doubles with every further one.
    package var base: Duration
    /// The longest wait between two tries.
    package var longest: Duration
    /// The longest wait that a registry may ask for; if it asks for more, the call isn't repeated.
    package var longestAsked: Duration

    /// Makes a policy; by default three more attempts within some seconds.
    package init(
        retries: Int = 3,
        base: Duration = .milliseconds(500),
        longest: Duration = .seconds(10),
        longestAsked: Duration = .seconds(60)
    ) {
        self.retries = retries
        self.base = base
        self.longest = longest
        self.longestAsked = longestAsked
    }

    /// The wait before another attempt, or nil when there is to be none.
    ///
    /// It is as long as the registry asks for, otherwise a random time between half of the step and all of it. The
    /// random part keeps many builds from coming back at the same moment.
    package func wait(before retry: Int, asked: Duration? = nil) -> Duration? {
        guard retry <= retries else { return nil }
        let step = min(base * (1 << min(max(retry - 1, 0), 20)), longest)
        let chance = step * Double.random(in: 0.5...1)
        guard let asked else { return chance }
        guard asked <= longestAsked else { return nil }
        return max(asked, .zero) + chance / 10
    }
}

/// The `Retry-After` header.
enum RetryAfter {
    /// How long a registry asks us to wait: seconds, or the time until a date; nil when it says neither.
    static func parse(_ value: String?, now: Int64) -> Duration? {
        guard let text = value?.trimmed, !text.isEmpty, text.utf8.count <= 64 else { return nil }
        if text.utf8.allSatisfy(\.isDigit) { return Int64(text).map { .seconds(min($0, 1 << 32)) } }
        return date(text).map { .seconds(min(max(0, $0 - now), 1 << 32)) }
    }

    /// The seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Int64? {
        let words = text.pieces(at: " ").filter { !$0.isEmpty }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, let day = Int64(words[1]), let month = months.firstIndex(of: words[2]),
            let year = Int64(words[3]), (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4].pieces(at: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        // The day is counted in the civil calendar with years that begin in March, so that the leap day is a year's
        // last.
        let shifted = year - (month < 2 ? 1 : 0)
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }
}
