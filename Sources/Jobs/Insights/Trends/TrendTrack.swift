import CaissonBuildModel
import Glibc

/// The values of one quantity, in the order of the builds that have one.
struct TrendTrack {
    /// What they are values of.
    let quantity: TrendQuantity
    /// The places of the builds.
    private(set) var builds: [Int] = []
    /// The values, in the quantity's unit.
    private(set) var values: [Double] = []
    /// The places of the builds where the step came from the cache.
    private(set) var cached: [Int] = []

    /// A track without values.
    init(_ quantity: TrendQuantity) { self.quantity = quantity }

    /// Adds the value of a build.
    mutating func add(_ value: Double, build: Int) {
        builds.append(build)
        values.append(value)
    }

    /// Notes that the step came from the cache.
    mutating func addCached(build: Int) { cached.append(build) }

    /// Whether enough is known for a change to be found.
    var canChange: Bool {
        guard values.count >= SplitTest.leastBefore + SplitTest.leastAfter, let high = values.max() else {
            return false
        }
        return high >= leastDifference
    }

    /// The least difference that is told, in the quantity's unit.
    private var leastDifference: Double {
        switch quantity {
        case .buildDuration, .step: 0.3
        case .hitRate: 0.1
        case .imageSize: 1_048_576
        }
    }

    private var isLogarithmic: Bool { quantity != .hitRate }

    /// Values of which differences count: logarithms, of the hit rate the rate itself.
    var scaled: [Double] { isLogarithmic ? values.map { log(max($0, 0.001)) } : values }

    private func isLarge(_ a: Double, _ b: Double) -> Bool {
        guard abs(a - b) >= leastDifference else { return false }
        return !isLogarithmic || max(a, b) >= 1.1 * min(a, b)
    }

    /// The lasting changes.
    ///
    /// - Parameters:
    ///   - dossiers: The builds.
    ///   - phases: The time of day of each.
    ///   - paces: What to take from the scaled value of each; empty for nothing.
    ///   - share: The chance that is allowed for a false alarm in this track.
    ///   - total: The chance that is allowed for one in any.
    func changes(
        _ dossiers: [BuildDossier],
        _ phases: [DayPhase],
        paces: [Double] = [],
        share: Double,
        of total: Double
    ) -> [LevelChange] {
        let own = builds.map { phases[$0] }
        let isLogarithmic = isLogarithmic
        let segmentation = ChangeSegmentation(
            values: paces.isEmpty ? scaled : zip(scaled, builds).map { $0 - paces[$1] },
            phases: own,
            floor: 0.01,
            allowed: log(share),
            isLarge: { before, after in
                isLogarithmic ? isLarge(exp(before), exp(after)) : isLarge(before, after)
            }
        )
        return told(segmentation.changes(), dossiers, share: share, of: total)
    }

    private func told(
        _ found: [ChangeSegmentation.Change],
        _ dossiers: [BuildDossier],
        share: Double,
        of total: Double
    ) -> [LevelChange] {
        let borders = [0] + found.map(\.place) + [values.count]
        return found.enumerated().compactMap { index, change in
            let (start, end) = (borders[index], borders[index + 2])
            let before = RobustStatistics.median(values[start..<change.place])
            let after = RobustStatistics.median(values[change.place..<end])
            guard isLarge(before, after) else { return nil }
            return LevelChange(
                quantity: quantity,
                first: mark(change.place, dossiers),
                lastBefore: mark(change.place - 1, dossiers),
                before: before,
                after: after,
                spread: isLogarithmic ? expm1(min(change.deviation, 10)) : change.deviation,
                samplesBefore: change.place - start,
                samplesAfter: end - change.place,
                falseAlarm: min(1, exp(change.logChance) * total / share)
            )
        }
    }

    private func mark(_ place: Int, _ dossiers: [BuildDossier]) -> BuildMark {
        BuildMark(dossiers[builds[place]].record, at: builds[place])
    }
}

extension TrendTrack {
    /// The values of builds in a range of places.
    func values(in range: Range<Int>) -> ArraySlice<Double> {
        values[builds.firstPlace(from: range.lowerBound)..<builds.firstPlace(from: range.upperBound)]
    }

    /// How many builds in a range of places took the step from the cache.
    func cachedCount(in range: Range<Int>) -> Int {
        cached.firstPlace(from: range.upperBound) - cached.firstPlace(from: range.lowerBound)
    }
}

extension [Int] {
    /// How many numbers of a rising list are less than this one.
    fileprivate func firstPlace(from number: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
