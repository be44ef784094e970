import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import CaissonReporting
import CaissonReports
import Testing

struct WordTextTests {
    private static let (first, second) = (WordSamples.first(), WordSamples.second())

    @Test(
        arguments: [
            (40, GoldenComparison.comparison40), (80, GoldenComparison.comparison80),
            (nil, GoldenComparison.comparisonFull),
        ] as [(Int?, String)]
    )
    func `Two builds stand side by side`(width: Int?, expected: String) {
        let text = ComparisonText(BuildComparison(Self.first, Self.second)).text(WordSamples.layout(width))
        #expect(text == expected)
    }

    @Test(
        arguments: [
            (40, GoldenPath.path40), (80, GoldenPath.path80), (nil, GoldenPath.pathFull),
        ] as [(Int?, String)]
    )
    func `A path tells its steps and what was slower than usual`(width: Int?, expected: String) {
        let path = CriticalPath(Self.second)
        let text = PathText(Self.second, path, WordSamples.baselines(of: Self.second)).text(WordSamples.layout(width))
        #expect(text == expected)
    }

    @Test(
        arguments: [
            (40, GoldenCache.cache40), (80, GoldenCache.cache80), (nil, GoldenCache.cacheFull),
        ] as [(Int?, String)]
    )
    func `The cache's use is told in totals and tables`(width: Int?, expected: String) {
        #expect(CacheReportText(WordSamples.report()).text(WordSamples.layout(width)) == expected)
    }

    @Test(
        arguments: [
            (40, .step, GoldenCache.steps40), (80, .step, GoldenCache.steps80), (40, .day, GoldenCache.days40),
            (80, .day, GoldenCache.days80),
        ] as [(Int?, CacheReportGrouping, String)]
    )
    func `A grouping is a table of that alone`(width: Int?, grouping: CacheReportGrouping, expected: String) {
        #expect(CacheReportText(WordSamples.report(), by: grouping).text(WordSamples.layout(width)) == expected)
    }

    @Test(
        arguments: [
            (40, GoldenMiss.miss40), (80, GoldenMiss.miss80), (nil, GoldenMiss.missFull),
        ] as [(Int?, String)]
    )
    func `Steps that ran stand below their cause`(width: Int?, expected: String) {
        let found = MissExplanation.explain(Self.second, earlier: [Self.first], removals: [])
        #expect(MissText(Self.second, found).text(WordSamples.layout(width)) == expected)
    }

    @Test
    func `Of two equal builds nothing but that is told`() {
        let text = ComparisonText(BuildComparison(Self.first, Self.first)).text(WordSamples.layout(80))
        #expect(text.contains("Neither their ends nor their steps differ.\n\nSteps\n6 steps are the same\n"))
        #expect(!text.contains("Inputs"))
    }

    @Test
    func `A build that failed says why, on as many lines as it takes`() {
        var failed = Self.second
        failed.record.status = .failed
        failed.error = BuildError(.step, "process \u{1B}[31m“make”\ndid not complete successfully: exit code: 2")
        let text = ComparisonText(BuildComparison(Self.first, failed)).text(WordSamples.layout(40))
        #expect(text.contains("B failed: process “make” did not\n          complete successfully: exit\n"))
        #expect(text.contains("- the first build succeeded, the second\n  failed\n"))
    }

    @Test
    func `What cache a build was given is told apart from its inputs`() {
        var other = Self.second
        other.record.submission.request = .object([
            .init("cache-from", .array([.string("type=registry,ref=app:cache")])), .init("no-cache", .bool(true)),
        ])
        let text = ComparisonText(BuildComparison(Self.second, other)).text(WordSamples.layout(80))
        #expect(text.contains("\nCaches\nINPUT"))
        #expect(text.contains("read from          type=registry,ref=app:cache\n"))
    }

    @Test
    func `Of a build that came from the cache no path is told`() {
        var cached = Self.second
        for place in cached.steps.indices where cached.steps[place].name.hasPrefix("[build") {
            cached.steps[place].isCached = true
        }
        let text = PathText(cached, CriticalPath(cached), WordSamples.baselines(of: cached))
        #expect(text.text(WordSamples.layout(80)).isEmpty)
        let none = PathText(WordSamples.build("g", end: 9, []), CriticalPath(Self.second))
        #expect(none.text(WordSamples.layout(80)).isEmpty)
    }

    @Test
    func `A path of one step is none`() {
        let build = WordSamples.build("g", end: 90, [.init(name: "[1/1] RUN make", start: 0, end: 90)])
        #expect(PathText(build, CriticalPath(build)).text(WordSamples.layout(80)).isEmpty)
    }

    @Test
    func `A long path tells its longest steps in the order of time`() {
        let steps = (0..<14).map { place in
            let end = (place + 1) * 20 - (place == 3 || place == 5 ? 5 : 0)
            return WordSamples.Step(
                name: "[\(place + 1)/14] RUN s\(place)",
                start: place * 20,
                end: end,
                inputs: place > 0 ? [place] : []
            )
        }
        let build = WordSamples.build("g", end: 280, steps)
        let text = PathText(build, CriticalPath(build)).text(WordSamples.layout(80))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 12)
        #expect(lines.first == "Critical path: 27.0s of 28.0s")
        #expect(lines.last?.hasPrefix("and 4 others: ") == true)
    }

    @Test
    func `Without builds there are no figures`() {
        for grouping in [nil] + CacheReportGrouping.allCases {
            let text = CacheReportText(CacheReport(), by: grouping).text(WordSamples.layout(80))
            #expect(text == "No builds that have ended are known.\n")
        }
    }

    @Test
    func `Steps of which nothing is known are told as such`() {
        let found = MissExplanation.explain(Self.second, earlier: [], removals: [])
        let text = MissText(Self.second, found).text(WordSamples.layout(60))
        #expect(text.hasPrefix("New, as far as this engine's builds are known: 3 steps\n"))
        #expect(text.hasSuffix("\n2 steps came from the cache\n2 steps are done in each build\n"))
        let unknown = Self.second.steps.map { StepExplanation(of: $0, .unknown) }
        let honest = MissText(Self.second, unknown).text(WordSamples.layout(60))
        #expect(honest.hasPrefix("It isn't known what made them run: 7 steps\n"))
        #expect(MissText(Self.second, []).text(WordSamples.layout(60)) == "No steps of this build are known.\n")
    }
}
