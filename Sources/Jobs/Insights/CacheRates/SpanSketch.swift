/// Spans of time of which only so much is kept as quantiles need, in a memory that doesn't grow with their number.
///
/// The first ones are kept as they are. From then on they are counted in classes whose width is 1/64 of the span, so
/// that a quantile is told to 1 % (as in HdrHistogram); there are at most some 3,700 classes.
struct SpanSketch: Sendable {
    /// How many spans are kept as they are.
    private let mostExact: Int
    private var exact: [Int64] = []
    private var classes: [Int: Int] = [:]
    /// How many spans there are.
    private(set) var count = 0
    /// All of them together, in nanoseconds; no more than an `Int64` holds.
    private(set) var total: Int64 = 0

    init(exact mostExact: Int) {
        self.mostExact = mostExact
    }

    /// Takes a span in nanoseconds into account; one that is negative counts as none.
    mutating func add(_ nanoseconds: Int64) {
        let span = max(0, nanoseconds)
        count += 1
        total = total.addingReportingOverflow(span).overflow ? .max : total + span
        if classes.isEmpty, exact.count < mostExact { return exact.append(span) }
        for kept in exact { classes[Self.number(of: kept), default: 0] += 1 }
        exact = []
        classes[Self.number(of: span), default: 0] += 1
    }

    /// What they take on average, in nanoseconds; nil of none.
    var average: Int64? { count > 0 ? total / Int64(clamping: count) : nil }

    /// The middle one in nanoseconds, or while all are kept the mean of the two middle ones; nil of none.
    var median: Int64? {
        guard classes.isEmpty else { return quantiles([0.5]).first }
        let sorted = exact.sorted()
        let middle = sorted.count / 2
        guard sorted.indices.contains(middle) else { return nil }
        guard sorted.count % 2 == 0 else { return sorted[middle] }
        return sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2
    }

    /// The least spans that the given shares of all don't exceed, in nanoseconds; empty of none.
    ///
    /// - Parameter shares: More than 0, at most 1.
    func quantiles(_ shares: [Double]) -> [Int64] {
        guard count > 0 else { return [] }
        var sums: [(span: Int64, upTo: Int)] = []
        var sum = 0
        for span in exact.sorted() {
            sum += 1
            sums.append((span, sum))
        }
        for (number, count) in classes.sorted(by: { $0.key < $1.key }) {
            sum += count
            sums.append((Self.middle(ofClass: number), sum))
        }
        return shares.compactMap { share in
            let wanted = Int((share * Double(count)).rounded(.up).clamped(to: 1...Double(count)))
            return (sums.first { $0.upTo >= wanted } ?? sums.last)?.span
        }
    }

    /// The exponent of two, and the six digits after the first one.
    private static func number(of span: Int64) -> Int {
        guard span >= 64 else { return Int(max(0, span)) }
        let exponent = 63 - span.leadingZeroBitCount
        return (exponent - 5) << 6 | Int(span >> Int64(exponent - 6)) & 63
    }

    private static func middle(ofClass number: Int) -> Int64 {
        guard number >= 64 else { return Int64(number) }
        let exponent = number >> 6 + 5
        let low = Int64(64 | number & 63) << Int64(exponent - 6)
        return low + (Int64(1) << Int64(exponent - 6)) / 2
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

extension Duration {
    /// The span in nanoseconds, no more than an `Int64` holds, which is some 292 years.
    var sketchedNanoseconds: Int64 {
        guard self < .seconds(1_000_000_000_000), self > .seconds(-1_000_000_000_000) else {
            return self < .zero ? .min : .max
        }
        let (seconds, attoseconds) = components
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver else { return seconds < 0 ? .min : .max }
        let (sum, isOverAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOverAgain ? (seconds < 0 ? .min : .max) : sum
    }
}
