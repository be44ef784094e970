import CaissonBuildModel

/// Builds over time, ready to be drawn.
struct History {
    /// A point of a line.
    struct LinePoint {
        /// Where it stands from left to right, 0 to 1.
        let place: Double
        let value: Double
    }

    /// The most builds that are drawn; the newest of more.
    static let limit = 10_000

    /// The builds, earliest first.
    let points: [ReportPoint]
    /// Where each stands from left to right, 0 to 1.
    let places: [Double]
    /// Whether they stand by their times; else evenly, as their times lie too far apart.
    let isByTime: Bool
    /// How many were left out.
    let hidden: Int

    /// Orders the builds.
    init(_ points: [ReportPoint]) {
        let sorted = points.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        let kept = Array(sorted.suffix(Self.limit))
        let isByTime = Self.isEven(kept)
        let origin = kept.first?.time ?? Timestamp(seconds: 0)
        let length = max(kept.last?.time.seconds(since: origin) ?? 0, 1e-9)
        places = kept.enumerated().map { index, point in
            if kept.count == 1 { return 0.5 }
            let byTime = min(max(point.time.seconds(since: origin) / length, 0), 1)
            return isByTime ? byTime : Double(index) / Double(max(1, kept.count - 1))
        }
        self.points = kept
        self.isByTime = isByTime
        hidden = points.count - kept.count
    }

    /// Whether the middle nine tenths of the builds take a good part of the whole time.
    private static func isEven(_ points: [ReportPoint]) -> Bool {
        guard points.count > 2, let first = points.first, let last = points.last else { return true }
        let cut = max(1, points.count / 20)
        let inner = points[points.count - 1 - cut].time.seconds(since: points[min(cut, points.count - 1)].time)
        let whole = last.time.seconds(since: first.time)
        return points.count == 3 ? whole < 90 * 86_400 : whole > 0 && inner / whole > 0.3
    }

    /// Which builds are drawn where there is room for `limit` marks.
    ///
    /// Half of them are taken evenly, so that the density stays right; the others are of each stretch the least, the
    /// greatest and the first that didn't end well, so that none of those is missed.
    func marks(_ limit: Int, _ value: (ReportPoint) -> Double?) -> [Int] {
        let known = points.indices.filter { value(points[$0]) != nil }
        guard known.count > limit, limit >= 6 else { return known }
        let stretches = limit / 6
        let evenly = limit - 3 * stretches
        var kept = Set((0..<evenly).map { known[known.count * $0 / evenly] })
        for stretch in 0..<stretches {
            let part = known[(known.count * stretch / stretches)..<(known.count * (stretch + 1) / stretches)]
            let byValue: (Int, Int) -> Bool = { (value(self.points[$0]) ?? 0) < (value(self.points[$1]) ?? 0) }
            let bad = part.first { self.points[$0].status != .succeeded }
            kept.formUnion([part.min(by: byValue), part.max(by: byValue), bad].compactMap(\.self))
        }
        return kept.sorted()
    }

    /// The running median of a value, at most about `limit` points of it; none where there are fewer than 5 values.
    ///
    /// Each is the median of a window around it: a twentieth of the values, at least 5 and at most 501.
    func runningMedian(_ limit: Int, _ value: (ReportPoint) -> Double?) -> [LinePoint] {
        let known = points.indices.compactMap { index in
            value(points[index]).map { (place: places[index], value: $0) }
        }
        guard known.count >= 5 else { return [] }
        let reach = min(max(known.count / 40, 2), 250)
        var window: [Double] = []
        var (low, high) = (0, 0)
        let stride = max(1, known.count / max(1, limit))
        var line: [LinePoint] = []
        for index in known.indices {
            while high < min(index + reach + 1, known.count) {
                window.insert(known[high].value, at: Self.place(of: known[high].value, in: window))
                high += 1
            }
            while low < index - reach {
                window.remove(at: Self.place(of: known[low].value, in: window))
                low += 1
            }
            guard index % stride == 0 || index == known.count - 1 else { continue }
            line.append(LinePoint(place: known[index].place, value: window[window.count / 2]))
        }
        return line
    }

    /// Where a value stands, or would stand, in a sorted list.
    private static func place(of value: Double, in sorted: [Double]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Times to write below the chart: the place of each and its date, or its hour where all is within two days.
    func dates(_ count: Int) -> [(place: Double, text: String)] {
        guard let first = points.first, let last = points.last else { return [] }
        let isShort = last.time.seconds(since: first.time) < 2 * 86_400
        let wanted = points.count == 1 ? [0.5] : (0..<count).map { Double($0) / Double(max(1, count - 1)) }
        return wanted.map { place in
            let index = min(Int(place * Double(points.count - 1)), points.count - 1)
            var time = points[max(0, index)].time
            if isByTime {
                let offset = last.time.seconds(since: first.time) * place
                time = Timestamp(seconds: first.time.seconds &+ Int64(min(max(offset, 0), 1e15)))
            }
            let text = Figure.minute(time)
            return (place, isShort ? String(text.dropFirst(5)) : String(text.prefix(10)))
        }
    }
}
