import CaissonBuildModel
import CaissonText

extension CacheRates {
    /// What was counted so far.
    package var report: CacheReport {
        var report = CacheReport()
        let medians = steps.map(\.runs.median)
        report.target = target
        report.builds = builds
        report.whollyCachedBuilds = whollyCachedBuilds
        report.counts = counts
        report.leftOut = leftOut
        report.withoutEnd = withoutEnd
        report.buildSpans = buildSpans.spans
        report.missSpans = missSpans.spans
        report.steps = zip(steps, medians).map(step)
            .sorted { Self.precedes(($0.times.lost, $0.identity), ($1.times.lost, $1.identity)) }
        report.series = allSeries(medians)
        for series in report.series { report.times.add(series.times) }
        report.images = allImages(medians)
        report.buildsOfFurtherImages = buildsOfFurtherImages
        let last = days.sorted { $0.key < $1.key }.suffix(Self.mostDays)
        report.days = last.map(\.value)
        report.weeks = Self.weeks(last.map { ($0.key, $0.value) })
        return report
    }

    private func step(_ tally: CacheStepTally, _ median: Int64?) -> CacheReport.Step {
        CacheReport.Step(
            series: series[tally.series].series,
            identity: tally.identity,
            counts: tally.counts,
            median: median.map { .nanoseconds($0) },
            times: times(tally, median)
        )
    }

    private func times(_ tally: CacheStepTally, _ median: Int64?) -> CacheTimes {
        var times = CacheTimes()
        times.add(hits: tally.counts.hits, median: median)
        times.lost = .nanoseconds(tally.runs.total)
        return times
    }

    private func allSeries(_ medians: [Int64?]) -> [CacheReport.Series] {
        var all = series.map {
            CacheReport.Series(series: $0.series, builds: $0.builds, counts: CacheCounts(), times: CacheTimes())
        }
        for (tally, median) in zip(steps, medians) {
            all[tally.series].counts.add(tally.counts)
            all[tally.series].times.add(times(tally, median))
        }
        // Those of as many builds are in the order in which they came.
        return all.enumerated()
            .sorted { ($1.element.builds, $0.offset) < ($0.element.builds, $1.offset) }
            .map(\.element)
    }

    private func allImages(_ medians: [Int64?]) -> [CacheReport.Image] {
        zip(images, imageNames)
            .map { tally, name in
                var times = CacheTimes()
                times.lost = .nanoseconds(tally.lost)
                for (place, hits) in tally.hits { times.add(hits: hits, median: medians[place]) }
                return CacheReport.Image(name: name, builds: tally.builds, counts: tally.counts, times: times)
            }
            .sorted { Self.precedes(($0.builds, $0.name), ($1.builds, $1.name)) }
    }

    private static func weeks(_ days: [(day: Int64, period: CacheReport.Period)]) -> [CacheReport.Period] {
        var weeks: [CacheReport.Period] = []
        var last: Int64?
        for (day, period) in days {
            let monday = CachePeriods.monday(of: day)
            if monday != last { weeks.append(CachePeriods.period(ofDay: monday)) }
            last = monday
            weeks[weeks.count - 1].builds += period.builds
            weeks[weeks.count - 1].counts.add(period.counts)
        }
        return weeks
    }

    /// The larger first, then by name.
    private static func precedes<Size: Comparable>(_ a: (Size, String), _ b: (Size, String)) -> Bool {
        a.0 == b.0 ? a.1.utf8.lexicographicallyPrecedes(b.1.utf8) : a.0 > b.0
    }
}

extension CacheTimes {
    fileprivate mutating func add(_ other: CacheTimes) {
        saved += other.saved
        unknownHits &+= other.unknownHits
        lost += other.lost
    }
}

extension SpanSketch {
    /// What is told of them; nil of none.
    fileprivate var spans: CacheSpans? {
        let found = quantiles([0.5, 0.9, 0.95, 0.99])
        guard let average, found.count == 4 else { return nil }
        return CacheSpans(
            count: count,
            average: .nanoseconds(average),
            p50: .nanoseconds(found[0]),
            p90: .nanoseconds(found[1]),
            p95: .nanoseconds(found[2]),
            p99: .nanoseconds(found[3])
        )
    }
}
