import CaissonBuildModel
import CaissonInsights
import Testing

struct CacheRatesPropertyTests {
    private struct Seen {
        var series: String
        var step: String
        var images: Set<String>
        /// In milliseconds; nil for a hit.
        var time: Int?
    }

    private static func median(_ times: [Int]) -> Int? {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return nil }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// What hits of the steps saved, and how many of them saved what isn't known.
    private static func saved(_ hits: [Seen], among all: [Seen]) -> (time: Int, unknown: Int) {
        hits.filter { $0.time == nil }.reduce(into: (0, 0)) { sum, hit in
            let runs = all.filter { $0.series == hit.series && $0.step == hit.step }.compactMap(\.time)
            if let median = median(runs) { sum.0 += median } else { sum.1 += 1 }
        }
    }

    private static func expect(_ times: CacheTimes, of part: [Seen], among all: [Seen], _ seed: Int) {
        let saved = saved(part, among: all)
        #expect(times.saved == .milliseconds(saved.time) && times.unknownHits == saved.unknown, "seed \(seed)")
        #expect(times.lost == .milliseconds(part.compactMap(\.time).reduce(0, +)), "seed \(seed)")
    }

    /// A build of some steps, of which everything is noted.
    private static func build(_ random: inout SeededGenerator, noting seen: inout [Seen]) -> BuildDossier {
        let series = ["x", "y"].randomElement(using: &random) ?? "x"
        let images = Set(["a", "b", "c"].filter { _ in random.chance(40) })
        var steps: [StepRecord] = []
        for number in 1...Int.random(in: 1...5, using: &random) {
            let step = "RUN \(Int.random(in: 1...3, using: &random))"
            let time = random.chance(50) ? nil : 2 * Int.random(in: 0...999, using: &random)
            steps.append(Sample.step(number, "[s \(number)/5] \(step)", 0..<(time ?? 0), isCached: time == nil))
            seen.append(Seen(series: series, step: "[s] \(step)", images: images, time: time))
        }
        var dossier = Sample.dossier(steps, name: series)
        dossier.record.submission.images = images.sorted().map { "\($0):\(Int.random(in: 1...9, using: &random))" }
        return dossier
    }

    @Test
    func `All figures are those of a count with everything at hand`() {
        for seed in 0..<500 {
            var random = SeededGenerator(state: UInt64(seed))
            var rates = CacheRates()
            var seen: [Seen] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) { rates.add(Self.build(&random, noting: &seen)) }
            let report = rates.report
            #expect(report.counts.hits == seen.count { $0.time == nil }, "seed \(seed)")
            Self.expect(report.times, of: seen, among: seen, seed)
            for image in report.images {
                Self.expect(image.times, of: seen.filter { $0.images.contains(image.name) }, among: seen, seed)
            }
            for series in report.series {
                Self.expect(series.times, of: seen.filter { $0.series == series.series.name }, among: seen, seed)
            }
            for step in report.steps {
                let own = seen.filter { $0.series == step.series.name && $0.step == step.identity }
                Self.expect(step.times, of: own, among: seen, seed)
                #expect(step.median == Self.median(own.compactMap(\.time)).map { .milliseconds($0) }, "seed \(seed)")
                #expect(step.counts.misses == own.count { $0.time != nil }, "seed \(seed)")
            }
            let lost = report.steps.map(\.times.lost)
            #expect(lost == lost.sorted(by: >), "seed \(seed)")
        }
    }
}
