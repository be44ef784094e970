import CaissonBuildModel
import CaissonReports
import Testing

struct ReportMakerTests {
    private static let now = SimulatedHistory.time(1000 * 3600)

    private static func page(_ history: SimulatedHistory, focus: BuildDossier? = nil) -> ReportPage {
        ReportMaker(title: "t", now: now, dossiers: history.newestFirst, focus: focus).page()
    }

    private static func web(_ count: Int, slowFrom: Int = .max, extra: Double = 21) -> SimulatedHistory {
        var history = SimulatedHistory()
        for index in 0..<count {
            var series = SimulatedHistory.web
            if index >= slowFrom { series.steps[5].seconds += extra }
            history.add(series)
        }
        return history
    }

    @Test
    func `Without builds a page is empty`() {
        var maker = ReportMaker(title: "t", now: Self.now, dossiers: [])
        (maker.filters, maker.period) = (["target web"], "the last day")
        var empty = ReportPage(title: "t", made: Self.now)
        (empty.filters, empty.period) = (["target web"], "the last day")
        #expect(maker.page() == empty)
    }

    @Test
    func `Of one build in focus there are no figures over builds`() throws {
        let history = Self.web(1)
        let page = Self.page(history, focus: history.dossiers.first)
        #expect(page.totals == nil && page.points.isEmpty && page.slowest.isEmpty && page.recommendations.isEmpty)
        let build = try #require(page.build)
        #expect(build.names == ["registry.example/shop/web:1.1", "web", "project shop"])
        #expect(build.revision == "abcdef100000")
        #expect(build.steps.count == 9)
        #expect(build.path.map(\.step) == [2, 4, 5, 6, 8, 9])
        #expect(page.bottlenecks.map(\.what) == ["One long step"])
    }

    @Test
    func `Totals, points and slowest steps are over all builds`() throws {
        var history = Self.web(6)
        history.add(SimulatedHistory.small("api", seconds: 9)) { $0.record.status = .failed }
        let page = Self.page(history)
        let totals = try #require(page.totals)
        #expect(totals.counts == [.succeeded: 6, .failed: 1])
        #expect(page.points.count == 7)
        #expect(page.points.first?.series == "api" && page.points.first?.hitRate == nil)
        #expect(page.points.last?.series == "web")
        #expect(page.build == nil)
        let slowest = try #require(page.slowest.first)
        #expect(slowest.step == "RUN npm ci" && slowest.place == "web · deps")
        #expect(slowest.runs > 0 && slowest.median ?? 0 > 25 && slowest.p95 ?? 0 >= slowest.median ?? 0)
        let alone = Self.page(Self.web(6))
        #expect(alone.points.allSatisfy { $0.series == nil })
        #expect(alone.slowest.first?.place == "deps")
    }

    @Test
    func `A step that became slower is told once, with its build`() throws {
        let page = Self.page(Self.web(60, slowFrom: 40))
        let regression = try #require(page.regressions.first)
        #expect(page.regressions.count == 1)
        #expect(regression.what == "The whole build: a step takes longer")
        #expect(regression.step == "[build] RUN npm run build -- --mode production")
        #expect(regression.isOn && regression.after - regression.before > 15)
        #expect(regression.commit?.utf8.count == 12 && regression.since != nil)
    }

    @Test(arguments: [(60, Int.max, 21.0), (8, 4, 21.0), (60, 40, 0.0), (60, 58, 40.0)])
    func `What isn't a lasting change isn't told`(count: Int, from: Int, extra: Double) {
        #expect(Self.page(Self.web(count, slowFrom: from, extra: extra)).regressions.isEmpty)
    }

    @Test
    func `Advice says of which series it is where there are several`() throws {
        var history = Self.web(12)
        let alone = Self.page(history).recommendations
        #expect(alone.contains { $0.evidence.contains { $0.hasPrefix("Seen in 12 of 12 builds; ") } })
        for _ in 0..<6 { history.add(SimulatedHistory.small("api", seconds: 9)) }
        for _ in 0..<6 { history.add(SimulatedHistory.small("docs", seconds: 9)) }
        let page = Self.page(history)
        let start = "Seen in 12 of 12 builds of web;"
        #expect(page.recommendations.contains { $0.evidence.contains { $0.hasPrefix(start) } })
        #expect(Set(page.recommendations.map(\.action)).count == page.recommendations.count)
        #expect(
            page.recommendations.contains { item in
                ["api", "docs"].allSatisfy { name in
                    item.evidence.contains { !$0.pieces(after: " of \(name);").isEmpty }
                }
            }
        )
    }

    @Test
    func `Advice that was followed tells what came of it`() throws {
        var history = SimulatedHistory()
        for index in 0..<60 {
            var series = SimulatedHistory.web
            if index >= 30 {
                series.steps[4].name = "[deps 3/3] RUN --mount=type=cache,target=/root/.npm npm ci"
                series.steps[4].seconds = 6
            }
            series.steps[3].misses = 1
            history.add(series)
        }
        let recommendations = Self.page(history).recommendations
        let done = try #require(recommendations.last)
        let outcome = try #require(done.outcome)
        #expect(outcome.hasPrefix("since 2026-"))
        #expect(!outcome.pieces(after: " instead of ").isEmpty)
        #expect((20...30).contains(done.saving ?? 0))
        let open = recommendations.filter { $0.outcome == nil }
        #expect(!open.contains { $0.action == done.action })
    }

    @Test
    func `Steps of the build in focus are compared and explained`() throws {
        let history = Self.web(30, slowFrom: 29, extra: 40)
        let focus = try #require(history.dossiers.last)
        let build = try #require(Self.page(history, focus: focus).build)
        let step = build.steps[5]
        #expect(step.stage == "build" && step.text == "RUN npm run build -- --mode production")
        if step.outcome == .done { #expect(step.usual?.verdict == .slower) }
        #expect(build.steps[2].why == "Its result came from the cache.")
        #expect(build.steps[2].outcome == .cached)
        #expect(build.steps[0].why == nil && build.steps[0].stage == nil)
        #expect(build.steps.allSatisfy { $0.why?.hasSuffix("..") != true })
    }

    @Test
    func `A failed step has the output, and others what became of them`() throws {
        var history = Self.web(4)
        history.add(SimulatedHistory.web) { dossier in
            dossier.record.status = .failed
            (dossier.steps[5].error, dossier.steps[5].isCached) = ("exit code: 1", false)
            dossier.steps[7].error = "failed to solve: context canceled"
            (dossier.steps[8].started, dossier.steps[8].completed, dossier.steps[8].isCached) = (nil, nil, false)
            (dossier.steps[4].completed, dossier.steps[4].isCached) = (nil, false)
            dossier.error = BuildError(.step, "it failed")
        }
        var maker = ReportMaker(title: "t", now: Self.now, dossiers: history.newestFirst, focus: history.dossiers.last)
        maker.failedOutput = (0..<500).map { "line \($0)" }
        let build = try #require(maker.page().build)
        #expect(build.error == "it failed")
        #expect(build.steps.map(\.outcome).suffix(5) == [.cancelled, .failed, .cached, .cancelled, .waiting])
        #expect(build.steps[5].log.count == 200 && build.steps[5].log.last == "line 499")
        #expect(build.steps[5].error == "exit code: 1" && build.steps[7].error == nil)
        #expect(build.steps.count { !$0.log.isEmpty } == 1)
        #expect(build.steps[4].ended == history.dossiers.last?.record.ended)
    }

    @Test
    func `Waits, contexts and pulls are bottlenecks only where they are large`() {
        var history = SimulatedHistory()
        for _ in 0..<10 {
            history.add(SimulatedHistory.web) { dossier in
                dossier.record.traffic.sent = 200_000_000
                dossier.record.traffic.pulled = 90_000_000
                dossier.record.started = dossier.record.started.map { Timestamp(seconds: $0.seconds &+ 30) }
            }
        }
        let found = Self.page(history).bottlenecks
        #expect(found.first?.what == "Waits to begin")
        #expect(Set(found.map(\.what)) == ["Waits to begin", "Files of the context", "Images from registries"])
        #expect(found.allSatisfy { (0...1).contains($0.share ?? 0) })
        #expect(Self.page(Self.web(10)).bottlenecks.isEmpty)
    }

    @Test
    func `A lost cache is told once, as a slower build or else by itself`() throws {
        var (slower, alike) = (SimulatedHistory(), SimulatedHistory())
        for index in 0..<60 {
            var series = SimulatedHistory.small("api", seconds: 20)
            series.steps[1].misses = 0
            series.steps[2].misses = index < 40 ? 0 : 1
            slower.add(series)
            series.steps[2].seconds = 0.01
            alike.add(series)
        }
        let page = Self.page(slower)
        #expect(page.regressions.map(\.what) == ["The whole build: a step runs that had been cached"])
        #expect(!page.bottlenecks.contains { $0.what == "Less from the cache" })
        let other = Self.page(alike)
        #expect(other.regressions.isEmpty)
        let detail = try #require(other.bottlenecks.first { $0.what == "Less from the cache" }).detail
        #expect(!detail.pieces(after: "builds take 50% of their steps from it, 100% before.").isEmpty)
    }

    @Test
    func `Lists are bounded, and hostile builds do no harm`() {
        var history = SimulatedHistory()
        for index in 0..<90 {
            var series = SimulatedHistory.small("image\(index % 30)", seconds: 20)
            series.steps[2].name = "[3/3] RUN make \(Samples.hostileName)\(index % 30)"
            series.name = index % 2 == 0 ? Samples.hostileName + "\(index % 30)" : nil
            history.add(series) { dossier in
                guard index % 3 == 0 else { return }
                let far = Timestamp(seconds: .max, nanoseconds: 999_999_999)
                (dossier.steps[2].completed, dossier.steps[1].started) = (far, Timestamp(seconds: .min))
                (dossier.record.duration, dossier.record.ended) = (.seconds(Int64.max), far)
                (dossier.record.traffic.sent, dossier.record.traffic.pulled) = (.max, .max)
                dossier.steps[2].inputs = [3, 99, -1]
            }
        }
        let page = Self.page(history, focus: history.dossiers.first { $0.steps[2].completed?.seconds == .max })
        #expect(page.points.count == 90)
        #expect(page.slowest.count <= 20 && page.regressions.count <= 20)
        #expect(page.recommendations.count <= 10 && page.bottlenecks.count <= 10)
        #expect(page.recommendations.allSatisfy { $0.evidence.count <= 8 })
        var bytes = 0
        HTMLReport.write(page) { bytes += $0.count }
        #expect(bytes < 2_000_000)
    }

    @Test
    func `The same builds give the same page`() {
        var history = Self.web(40, slowFrom: 25)
        for name in ["api", "docs", "mailer"] {
            for _ in 0..<12 { history.add(SimulatedHistory.small(name, seconds: 9)) }
        }
        let pages = (0..<3).map { _ in Self.page(history, focus: history.dossiers.first) }
        #expect(pages[0] == pages[1] && pages[1] == pages[2])
    }
}
