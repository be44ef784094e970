/// Cuts a series of values into stretches of one level each.
///
///     values ─▶ cut where the clearest change is, then both sides in the same way, until no change is clear
///            ─▶ try each change again between its neighbours; the least clear that fails goes, until all hold
struct ChangeSegmentation {
    /// A change that holds.
    struct Change {
        /// How many values stand before it.
        var place: Int
        /// The logarithm of the chance of such a change in values without one.
        var logChance: Double
        /// The usual deviation from the levels.
        var deviation: Double
    }

    /// The values.
    let values: [Double]
    /// The time of day of each.
    let phases: [DayPhase]
    /// The least deviation that is believed.
    let floor: Double
    /// The logarithm of the chance that is allowed for a false alarm in the whole series of values.
    let allowed: Double
    /// Whether a step between two levels would be worth telling.
    let isLarge: (_ before: Double, _ after: Double) -> Bool

    /// Series with more changes than that have no levels.
    private static let mostChanges = 40
    private static let shortest = SplitTest.leastBefore + SplitTest.leastAfter
    /// Parts of a stretch are looked at by themselves from this length on.
    private static let divisible = 40
    /// Fewer values on a side must differ more.
    private static let few = 8.0

    /// The changes that hold, in order.
    func changes() -> [Change] {
        var places: [Int] = []
        var open = [values.indices]
        while let stretch = open.popLast(), places.count < Self.mostChanges {
            guard let place = clearest(in: stretch) else { continue }
            places.append(place)
            open += [stretch.lowerBound..<place, place..<stretch.upperBound]
        }
        return confirmed(places.sorted())
    }

    /// The place of the clearest change in a stretch, or else in parts of it, where one change doesn't hide another.
    private func clearest(in stretch: Range<Int>) -> Int? {
        if let whole = split(stretch), whole.isClear { return stretch.lowerBound + whole.test.place }
        var best: (place: Int, logChance: Double)?
        for parts in [2, 4] where stretch.count >= parts * Self.divisible / 2 {
            let length = stretch.count / parts
            for start in Swift.stride(from: stretch.lowerBound, through: stretch.upperBound - length, by: length / 2) {
                guard let (test, isClear) = split(start..<start + length), isClear else { continue }
                if test.logChance < best?.logChance ?? 0 { best = (start + test.place, test.logChance) }
            }
        }
        return best?.place
    }

    /// The best split of a stretch, and whether it is clear enough; nil where it is hopeless.
    private func split(_ stretch: Range<Int>) -> (test: SplitTest, isClear: Bool)? {
        guard stretch.count >= Self.shortest else { return nil }
        let ranks = RankScan(values[stretch])
        guard let place = ranks.best(), ranks.score(at: place) > 2.5 else { return nil }
        let test = best(stretch, near: place, ranks)
        return (test, isClear(test, count: stretch.count))
    }

    /// The test of the place that parts a stretch best, found from one near it.
    private func best(_ stretch: Range<Int>, near place: Int, _ ranks: RankScan) -> SplitTest {
        let (slice, times) = (values[stretch], phases[stretch])
        let first = SplitTest(slice, times, at: place, ranks: ranks, floor: floor)
        let better = first.bestPlace(in: slice)
        return better == place ? first : SplitTest(slice, times, at: better, ranks: ranks, floor: floor)
    }

    private func isClear(_ test: SplitTest, count: Int) -> Bool {
        guard test.logChance < allowed, isLarge(test.before, test.after) else { return false }
        let (before, after) = (Double(test.place), Double(count - test.place))
        let error = 1.25 * test.deviation * (1 / before + 1 / after).squareRoot()
        let difference = abs(test.after - test.before)
        // A few values may all come of one busy hour.
        guard min(before, after) >= Self.few || difference >= 4 * test.deviation else { return false }
        return difference >= 3 * error
    }

    /// The changes that hold between their neighbours.
    private func confirmed(_ places: [Int]) -> [Change] {
        var borders = [0] + places + [values.count]
        var tests = [SplitTest?](repeating: nil, count: borders.count)
        for index in borders.indices.dropFirst().dropLast() { examine(index, &borders, &tests) }
        while let worst = worst(borders, tests) {
            borders.remove(at: worst)
            tests.remove(at: worst)
            for index in [worst - 1, worst] where index > 0 && index < borders.count - 1 {
                examine(index, &borders, &tests)
            }
        }
        return zip(borders, tests).compactMap { place, test in
            test.map { Change(place: place, logChance: $0.logChance, deviation: $0.deviation) }
        }
    }

    /// Moves a change to where it fits best between its neighbours, and tests it there.
    private func examine(_ index: Int, _ borders: inout [Int], _ tests: inout [SplitTest?]) {
        let stretch = borders[index - 1]..<borders[index + 1]
        tests[index] = nil
        guard stretch.count >= Self.shortest else { return }
        let ranks = RankScan(values[stretch])
        let place = min(max(borders[index] - stretch.lowerBound, 1), stretch.count - 1)
        let test = best(stretch, near: place, ranks)
        borders[index] = stretch.lowerBound + test.place
        guard isClear(test, count: stretch.count), !SmoothRival.fits(test, phases[stretch]) else { return }
        tests[index] = test
    }

    /// The change that has to go next; nil where all hold.
    private func worst(_ borders: [Int], _ tests: [SplitTest?]) -> Int? {
        tests.indices.dropFirst().dropLast().first { tests[$0] == nil }
    }
}
