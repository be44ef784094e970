import Glibc

/// How clearly the values before a place of a stretch differ from those after it.
struct SplitTest {
    /// How many values there must be before a change.
    static let leastBefore = 5
    /// How many there must be after it.
    static let leastAfter = 4
    /// Deviations beyond so many usual ones count as this many.
    private static let clip = 1.8
    /// Of fewer values on a side the mean isn't normal enough for a test.
    private static let leastForMeans = 8
    /// As many parts of all the squares are explained by the time of day where that is evident; by chance 2 are.
    private static let evidence = 8.0

    /// How many values stand before the change.
    private(set) var place: Int
    /// The median before it.
    private(set) var before = 0.0
    /// The median after it.
    private(set) var after = 0.0
    /// The usual deviation from the two levels.
    private(set) var deviation = 0.0
    /// The logarithm of the chance of such a difference at any place of values without a change.
    private(set) var logChance = 0.0
    /// The same at this place, where it was known before.
    private(set) var logChanceHere = 0.0
    /// The values, with what is too far from its level cut.
    private(set) var tamed: [Double] = []
    /// What the time of day adds to each value; empty where that isn't evident.
    private(set) var daily: [Double] = []

    /// Compares the values of a stretch before and after a place; both sides must have values.
    ///
    /// - Parameter floor: The least deviation that is believed, greater than 0.
    init(_ values: ArraySlice<Double>, _ phases: ArraySlice<DayPhase>, at place: Int, ranks: RankScan, floor: Double) {
        self.place = place
        before = RobustStatistics.median(values.prefix(place))
        after = RobustStatistics.median(values.dropFirst(place))
        var residuals = values.prefix(place).map { $0 - before }
        residuals += values.dropFirst(place).map { $0 - after }
        let usual = RobustStatistics.deviation(residuals)
        let limit = Self.clip * max(floor, usual)
        let cut = residuals.map { min(max($0, -limit), limit) }
        tamed = cut.prefix(place).map { $0 + before } + cut.dropFirst(place).map { $0 + after }
        let count = values.count
        // Where much is cut the values aren't nearly normal, such as a rate that is mostly 0.
        let isNormal =
            usual > 0.1 * floor && zip(cut, residuals).count { $0 != $1 } * 3 < count
            && Self.areAlike(residuals.prefix(place), residuals.dropFirst(place), floor)
        let (difference, rest, squares) = meansDifference(phases)
        // What was cut takes some of the deviation of normal values.
        let sum = rest.reduce(0) { $0 + $1 * $1 }
        deviation = max(floor, 1.07 * (sum / Double(max(1, count - 2))).squareRoot())
        let t = abs(difference) / deviation * squares.squareRoot()
        let means = isNormal && min(place, count - place) >= Self.leastForMeans ? Self.logChance(t, count) : 0
        // Of values of two kinds, the medians jump where hardly a rank does: ranks must agree.
        let byRank = rankChance(ranks, count: count)
        let single = min(daily.isEmpty ? byRank : 0, max(means, 2.5 * byRank)) + log(2)
        let places = max(1, min(count - Self.leastBefore - Self.leastAfter + 1, 150))
        logChanceHere = min(0, single * Self.independence(of: rest, sum))
        logChance = min(0, logChanceHere + log(Double(places)))
    }

    /// The difference of the means, what is left without it, and how much of the squares is the step's own.
    private mutating func meansDifference(
        _ phases: ArraySlice<DayPhase>
    ) -> (difference: Double, rest: [Double], squares: Double) {
        let step = tamed.indices.map { $0 < place ? 0.0 : 1.0 }
        var plain = Regressor(tamed)
        let found = plain.fit(step)
        var day = plain
        day.fit(phases.map(\.x))
        day.fit(phases.map(\.y))
        let explained = (plain.squares - day.squares) / max(day.squares, 1e-12) * Double(tamed.count)
        guard tamed.count >= 20, explained > Self.evidence else {
            return (found?.height ?? 0, plain.rest, found?.squares ?? 0)
        }
        // The step is fitted last, so that it gets only what the time of day can't explain.
        var joint = Regressor(tamed)
        joint.fit(phases.map(\.x))
        joint.fit(phases.map(\.y))
        let own = joint.fit(step)
        daily = tamed.indices.map { index in
            tamed[index] - joint.rest[index] - (index < place ? 0 : own?.height ?? 0)
        }
        let level = daily.reduce(0, +) / Double(daily.count)
        daily = daily.map { $0 - level }
        return (own?.height ?? 0, joint.rest, own?.squares ?? 0)
    }

    /// Whether both sides spread alike; where values are of two kinds, they mostly don't.
    private static func areAlike(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>, _ floor: Double) -> Bool {
        let (one, other) = (RobustStatistics.deviation(Array(a)), RobustStatistics.deviation(Array(b)))
        return max(one, other) <= 4 * max(floor, min(one, other))
    }

    /// The chance of a value of Student's t.
    private static func logChance(_ t: Double, _ count: Int) -> Double {
        RobustStatistics.logTail(RobustStatistics.normal(ofStudent: t, freedom: 0.8 * Double(count - 2))) + log(2)
    }

    /// The chance by ranks: of few values by counting, which is exact, of many by the normal distribution.
    private func rankChance(_ ranks: RankScan, count: Int) -> Double {
        let normal = RobustStatistics.logTail(ranks.score(at: place)) + log(2)
        let inversions = ranks.inversions(at: place).rounded(.up)
        guard min(place, count - place) <= 60, let index = Int(exactly: inversions),
            Self.arrangements.indices.contains(index)
        else { return normal }
        return min(normal, log(2 * Self.arrangements[index]) - RobustStatistics.logChoices(place, of: count))
    }

    /// In how many ways there can be at most so many inversions: sums of the numbers of partitions.
    private static let arrangements: [Double] = [
        1, 2, 4, 7, 12, 19, 30, 45, 67, 97, 139, 195, 272, 373, 508, 684, 915, 1212, 1597, 2087, 2714,
    ]

    /// Which share of the values counts as independent of those before: neighbours that are alike are less evidence.
    private static func independence(of rest: [Double], _ squares: Double) -> Double {
        // What is left by rounding alone means nothing.
        guard squares > 1e-9 else { return 1 }
        let products = zip(rest, rest.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        let likeness = min(max(0, products / squares - 0.9 / Double(rest.count).squareRoot()), 0.9)
        return (1 - likeness) / (1 + likeness)
    }

    /// The place that parts the values best when the two levels are as they are.
    func bestPlace(in values: ArraySlice<Double>) -> Int {
        let limit = 2.5 * deviation
        let places = Self.leastBefore...max(Self.leastBefore, values.count - Self.leastAfter)
        var (cost, least, best, isFirst) = (0.0, 0.0, place, true)
        for (index, value) in values.enumerated() {
            let value = daily.isEmpty ? value : value - daily[index]
            let (low, high) = (min(abs(value - before), limit), min(abs(value - after), limit))
            cost += low * low - high * high
            guard places.contains(index + 1), isFirst || cost < least else { continue }
            (least, best, isFirst) = (cost, index + 1, false)
        }
        return best
    }
}
