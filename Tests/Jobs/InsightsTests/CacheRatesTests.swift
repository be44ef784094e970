import CaissonBuildModel
import CaissonInsights
import Testing

struct CacheRatesTests {
    private static func report(_ dossiers: [BuildDossier], target: Double = 0.8) -> CacheReport {
        var rates = CacheRates(target: target)
        for dossier in dossiers { rates.add(dossier) }
        return rates.report
    }

    private static func run(_ name: String, _ milliseconds: Int) -> StepRecord {
        Sample.step(1, name, 0..<milliseconds)
    }

    private static func hit(_ name: String) -> StepRecord { Sample.step(1, name, 0..<0, isCached: true) }

    @Test(
        arguments: [
            ("[build 2/3] RUN make", .instruction), ("[linux/arm64 2/5] COPY . .", .instruction),
            ("[build 1/3] FROM debian:12@sha256:1", .baseImage), ("FROM x", .baseImage),
            ("[internal] load build context", .context), ("[internal] load .dockerignore", .context),
            ("[internal] load build definition from Dockerfile", .context),
            ("[context src] load from client", .context),
            ("copy /context /", .context), ("[internal] load metadata for debian:12", .other),
            ("[context src] load metadata for debian:12", .other), ("[auth] x/y:pull token for h", .other),
            ("importing cache manifest from h/x", .other), ("exporting to image", .export),
            ("exporting cache to registry", .export), ("[app] exporting to oci image format", .export),
            ("pushing h/x:1 with docker", .export), ("", .other),
        ] as [(String, CacheableWork)]
    )
    func `Only instructions are cacheable work`(name: String, work: CacheableWork) {
        #expect(CacheableWork(StepName(name)) == work)
    }

    @Test
    func `Hits save the median of what the step took when it ran, also when that was later`() {
        let (make, copy) = ("[a 2/3] RUN make", "[a 3/3] COPY . .")
        let report = Self.report([
            Sample.dossier([Self.hit(make), Self.hit(copy), Self.hit("[a 1/3] FROM b")]),
            Sample.dossier([Self.run(make, 1000), Self.hit(copy)]),
            Sample.dossier([Self.run("[a 2/4] RUN make", 3000), Self.hit(copy)]),
        ])
        #expect(report.builds == 3 && report.whollyCachedBuilds == 1)
        #expect(report.counts.hits == 4 && report.counts.misses == 2 && report.leftOut == [.baseImage: 1])
        #expect(report.times.saved == .seconds(2) && report.times.lost == .seconds(4) && report.times.unknownHits == 3)
        #expect(report.steps.map(\.identity) == ["[a] RUN make", "[a] COPY . ."])
        #expect(report.steps.map(\.median) == [.seconds(2), nil])
        #expect(report.missSpans?.p50 == .seconds(1) && report.missSpans?.p99 == .seconds(3))
        #expect(report.missSpans?.average == .seconds(2) && report.buildSpans?.p95 == .seconds(60))
        #expect(report.isTargetMet == false && report.missesTooMany == 1)
        #expect(report.costliestSteps.map(\.identity) == ["[a] RUN make"])
    }

    @Test
    func `Steps that failed or were broken off are neither hits nor misses`() {
        var failed = Self.run("[a 2/3] RUN make", 1000)
        failed.error = "exit code: 2"
        var broken = Self.run("[a 3/3] RUN x", 1000)
        broken.completed = nil
        let steps = [failed, broken, Self.hit("[b 2/2] RUN y"), Sample.step(4, "[b 3/3] RUN z")]
        let report = Self.report([Sample.dossier(steps, status: .failed)])
        #expect(report.counts.hits == 1 && report.counts.misses == 0 && report.withoutEnd == 3)
        #expect(report.whollyCachedBuilds == 0)
        for status in [BuildStatus.queued, .running] {
            #expect(Self.report([Sample.dossier(steps, status: status)]).builds == 0)
        }
        var skipped = Sample.dossier([], status: .skipped)
        skipped.record.started = nil
        #expect(Self.report([skipped]) == CacheReport())
    }

    @Test
    func `Images are told apart without their tags, and builds of several count for each`() {
        var a = Sample.dossier([Self.run("[a 2/2] RUN x", 1000)])
        a.record.submission.images = ["app:1", "docker.io/library/app:2", "ghcr.io/me/app@sha256:1", "app"]
        var b = Sample.dossier([Self.hit("[a 2/2] RUN x")])
        b.record.submission.images = ["app:3"]
        let report = Self.report([a, b])
        #expect(report.images.map(\.builds) == [2, 1])
        #expect(report.images.first?.name == "app" && report.images.first?.builds == 2)
        #expect(report.images.first?.times.saved == .seconds(1))
        #expect(report.images.first?.counts.rate == 0.5)
    }

    @Test
    func `Days and weeks are those of UTC, weeks begin on Mondays`() {
        // The samples begin on Monday, the 30th of November 2026, at 20:30.
        let hour = 3_600_000
        let report = Self.report([-24, 0, 2, 4, 24 * 6, 24 * 7].map { Sample.dossier([], at: $0 * hour) })
        let day: Int64 = 86_400
        let monday: Int64 = 1_796_070_600 / day * day
        #expect(report.days.map(\.start.seconds) == [-1, 0, 1, 6, 7].map { monday + $0 * day })
        #expect(report.days.map(\.builds) == [1, 2, 1, 1, 1])
        #expect(report.weeks.map(\.start.seconds) == [-7, 0, 7].map { monday + $0 * day })
        #expect(report.weeks.map(\.builds) == [1, 4, 1])
    }

    @Test(arguments: [
        (0.0, true, 0), (0.5, true, 0), (0.8, false, 2), (2.0, false, 3), (-1.0, true, 0), (.nan, false, 2),
    ])
    func `A wanted rate is met or so many misses are too many`(target: Double, isMet: Bool, tooMany: Int) {
        let steps = ["a", "b", "c"].flatMap { [Self.hit("[s 2/9] RUN \($0)"), Self.run("[s 3/9] COPY \($0)", 10)] }
        let report = Self.report([Sample.dossier(steps)], target: target)
        #expect(report.isTargetMet == isMet && report.missesTooMany == tooMany)
        #expect(report.costliestSteps.count == tooMany)
    }

    @Test
    func `Times of many are told to one part in a hundred`() {
        var random = SeededGenerator(state: 5)
        let times = (0..<6000).map { _ in
            1 << Int.random(in: 0...20, using: &random) + Int.random(in: 0...99, using: &random)
        }
        let report = Self.report(times.map { Sample.dossier([Self.run("[a 2/2] RUN x", $0)]) })
        let sorted = times.sorted()
        let found = [(report.missSpans?.p50, 3000), (report.missSpans?.p90, 5400), (report.missSpans?.p99, 5940)]
        for (span, rank) in found + [(report.steps.first?.median, 3000)] {
            let exact = Double(sorted[rank - 1]) / 1000
            let told = (span ?? .zero) / .seconds(1)
            #expect(abs(told - exact) <= exact / 100, "\(told) for \(exact)")
        }
        #expect(report.missSpans?.count == 6000)
        #expect(report.times.lost == .milliseconds(times.reduce(0, +)))
    }

    @Test
    func `No dossier is too odd, and names that are made up take no memory without end`() {
        for seed in 0..<200 {
            var random = SeededGenerator(state: UInt64(seed))
            var rates = CacheRates()
            for _ in 0..<8 { rates.add(Sample.hostile(&random)) }
            let report = rates.report
            #expect(report.steps.map(\.counts.hits).reduce(0, +) == report.counts.hits, "seed \(seed)")
            #expect(report.days.map(\.builds).reduce(0, +) == report.builds, "seed \(seed)")
            #expect(report.weeks.map(\.builds).reduce(0, +) == report.builds, "seed \(seed)")
        }
        var rates = CacheRates()
        for number in 0..<(CacheRates.mostImages + 10) {
            var dossier = Sample.dossier([], at: number * 86_400_000)
            dossier.record.submission.images = ["image\(number)"]
            rates.add(dossier)
        }
        #expect(rates.report.images.count == CacheRates.mostImages && rates.report.buildsOfFurtherImages == 10)
    }

    @Test
    func `Ten thousand builds are no matter`() {
        let steps = (1...20).map { number in
            number % 3 == 0
                ? Self.hit("[a \(number)/20] RUN step \(number)") : Self.run("[a 1/9] RUN \(number)", number)
        }
        let dossier = Sample.dossier(steps)
        var report = CacheReport()
        let time = ContinuousClock().measure {
            var rates = CacheRates()
            for _ in 0..<10_000 { rates.add(dossier) }
            report = rates.report
        }
        print("10,000 builds of 20 steps: \(time)")
        #expect(report.builds == 10_000 && report.counts.hits == 60_000 && time < .seconds(30))
    }
}
