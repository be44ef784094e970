import CaissonReporting

/// An axis for spans of time: linear, or by powers where the spans differ widely.
struct DurationScale {
    /// Where spans differ by more than this factor, small ones would be lost on a linear axis.
    private static let wide = 60.0
    /// The marks of an axis by powers, in seconds.
    private static let ladder = [
        0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000, 3.2e9, 1e12,
    ]
    /// The distances of marks on a linear axis, in seconds.
    private static let steps = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
        7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000, 31_536_000, 3.2e8, 3.2e9, 3.2e10,
        2.5e11,
    ]

    /// The span at the start of the axis, in seconds.
    let low: Double
    /// The span at its end, in seconds; more than `low`.
    let high: Double
    /// Whether it goes by powers.
    let isByPowers: Bool
    /// The spans that are marked, in seconds, least first.
    let ticks: [Double]

    /// An axis for spans, which are bounded and not negative; at most about `count` marks.
    init(_ spans: [Double], marks count: Int = 5) {
        let largest = max(spans.max() ?? 1, 0.001)
        let least = max(spans.lazy.filter { $0 > 0 }.min() ?? largest, 0.001)
        isByPowers = largest / least > Self.wide
        guard isByPowers else {
            let step = Self.steps.first { largest / $0 <= Double(count) } ?? 2.5e11
            let marks = Int((largest / step).rounded(.up))
            low = 0
            high = step * Double(max(1, marks))
            ticks = (0...max(1, marks)).map { Double($0) * step }
            return
        }
        let first = Self.ladder.lastIndex { $0 <= least } ?? 0
        let last = max(Self.ladder.firstIndex { $0 >= largest } ?? Self.ladder.count - 1, first + 1)
        let all = Array(Self.ladder[first...min(last, Self.ladder.count - 1)])
        low = all.first ?? 0.001
        high = max(all.last ?? 1, low * 2)
        let stride = (all.count + count) / (count + 1)
        // Counted from the end, so that the end itself is always marked, as the start is.
        ticks = all.enumerated().filter { index, _ in
            index == 0 || (all.count - 1 - index) % max(1, stride) == 0
        }.map(\.element)
    }

    /// An axis from nothing to a span, which ends where the span ends.
    init(upTo span: Double, marks count: Int) {
        let step = Self.steps.first { span / $0 <= Double(count) } ?? 2.5e11
        let marks = min(Int(span / step), 2 * count)
        low = 0
        high = max(span, 0.001)
        isByPowers = false
        ticks = (0...max(0, marks)).map { Double($0) * step }
    }

    /// Where a span stands on the axis, 0 to 1.
    func place(_ span: Double) -> Double {
        guard isByPowers else { return min(max((span - low) / (high - low), 0), 1) }
        let (value, start, end) = (Self.power(max(span, low)), Self.power(low), Self.power(high))
        return min(max((value - start) / (end - start), 0), 1)
    }

    /// A mark's span in few letters: `0`, `0.5s`, `10s`, `1m`, `1m 30s`, `6h`, `2d`.
    static func label(_ span: Double) -> String {
        guard span > 0 else { return "0" }
        guard span >= 1 else {
            var text = Quantity.decimal(span, 3)
            while text.hasSuffix("0") { text.removeLast() }
            return text + "s"
        }
        let seconds = Int64(min(span, 1e12).rounded())
        let units: [(size: Int64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        var rest = seconds
        var parts: [String] = []
        for unit in units where rest >= unit.size && parts.count < 2 {
            parts.append("\(rest / unit.size)\(unit.name)")
            rest %= unit.size
        }
        return parts.joined(separator: " ")
    }

    /// The power of two of a positive number, straight between whole powers: monotonic, which is all that an axis needs
    /// besides being even enough.
    private static func power(_ value: Double) -> Double {
        guard value.isNormal, value > 0 else { return -40 }
        return Double(value.exponent) + (value.significand - 1)
    }
}
