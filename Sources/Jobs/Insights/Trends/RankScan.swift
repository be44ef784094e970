/// Finds the place where a stretch of values falls apart best into lower and higher ones, by their ranks alone.
///
/// It is the test of Mann and Whitney at each place (Pettitt's change point), each by its own deviation, so that places
/// near the ends have their chance, too.
struct RankScan {
    /// The sums of the ranks up to each place, each rank less the mean.
    private var sums: [Double]
    /// What equal values take from the variance, as a factor.
    private var tieFactor: Double
    private let count: Double

    /// Ranks the values of a stretch.
    init(_ values: ArraySlice<Double>) {
        count = Double(values.count)
        // Numbers in one word each are sorted several times as fast as pairs.
        var keys = values.enumerated().map { place, value in
            UInt64(Self.orderedBits(Float(value))) << 32 | UInt64(UInt32(truncatingIfNeeded: place))
        }
        keys.sort()
        var (ranks, ties, start) = ([Double](repeating: 0, count: keys.count), 0.0, 0)
        while start < keys.count {
            var end = start + 1
            while end < keys.count, keys[end] >> 32 == keys[start] >> 32 { end += 1 }
            let rank = Double(start + end - 1) / 2 - (count - 1) / 2
            for key in keys[start..<end] { ranks[Int(key & 0xFFFF_FFFF)] = rank }
            let equal = Double(end - start)
            ties += equal * equal * equal - equal
            start = end
        }
        tieFactor = count > 1 ? max(0, 1 - ties / (count * count * count - count)) : 0
        var sum = 0.0
        sums = ranks.map { rank in
            sum += rank
            return sum
        }
    }

    /// Bits that are in the order of the numbers.
    private static func orderedBits(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
    }

    /// The deviation from what chance has on average, in standard deviations, of a split after so many values.
    func score(at place: Int) -> Double {
        guard place > 0, place < sums.count, tieFactor > 0 else { return 0 }
        let before = Double(place)
        let variance = before * (count - before) * (count + 1) / 12 * tieFactor
        return abs(sums[place - 1]) / variance.squareRoot()
    }

    /// How many pairs of a value before and one after are the other way round than most; equal ones count half.
    func inversions(at place: Int) -> Double {
        guard place > 0, place < sums.count else { return 0 }
        let before = Double(place)
        return max(0, before * (count - before) / 2 - abs(sums[place - 1]))
    }

    /// The place of the highest score; nil where the stretch is too short.
    func best() -> Int? {
        let places = SplitTest.leastBefore...max(SplitTest.leastBefore, sums.count - SplitTest.leastAfter)
        guard sums.count >= SplitTest.leastBefore + SplitTest.leastAfter else { return nil }
        var (best, highest) = (places.lowerBound, -1.0)
        for place in places {
            // The squares are in the same order, and the common factor is left out.
            let score = sums[place - 1] * sums[place - 1] / (Double(place) * (count - Double(place)))
            if score > highest { (best, highest) = (place, score) }
        }
        return best
    }
}
