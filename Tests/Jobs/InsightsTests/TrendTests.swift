import CaissonBuildModel
import CaissonInsights
import Testing

@testable import CaissonInsights

struct TrendTests {
    private typealias Step = AdviceTests.Step

    /// Seconds near a level, the same in each run of the tests.
    private static func near(_ level: Double, _ build: Int) -> Double {
        var random = SeededGenerator(state: UInt64(build) &* 31 &+ UInt64(level))
        return (level * Double.random(in: 0.95...1.05, using: &random)).rounded()
    }

    private static func builds(_ count: Int, _ steps: (Int) -> [Step]) -> [BuildDossier] {
        (0..<count).map { build in
            var dossier = AdviceTests.dossier(build, steps(build))
            dossier.record.submission.revision = SourceRevision()
            dossier.record.submission.revision?.commit = "c\(build)"
            return dossier
        }
    }

    @Test
    func `A slower step is named with its build and commit`() throws {
        let dossiers = Self.builds(50) { build in
            [Step("RUN a", Self.near(100, build)), Step("RUN b", Self.near(build < 30 ? 200 : 320, build))]
        }
        let regressions = BuildTrends(dossiers).regressions
        #expect(regressions.count == 2 && regressions.allSatisfy { $0.isStillOn && $0.change.first.place == 30 })
        let build = try #require(regressions.first { $0.change.quantity == .buildDuration })
        #expect(build.change.first.commit == "c30" && build.change.lastBefore.id == dossiers[29].record.id)
        #expect(build.causes.map(\.step) == ["RUN b"] && build.causes.first?.kind == .slower)
        #expect(abs(build.change.difference - 120) < 10 && build.change.direction == .worse && !build.hasLostCache)
    }

    @Test
    func `A regression that was mended says by which build`() throws {
        let dossiers = Self.builds(75) { build in
            [Step("RUN a", Self.near((25..<50).contains(build) ? 90 : 60, build))]
        }
        let trends = BuildTrends(dossiers)
        #expect(!trends.regressions.isEmpty)
        for regression in trends.regressions {
            #expect(!regression.isStillOn && regression.wasMended?.place == 50 && regression.change.first.place == 25)
        }
        #expect(trends.changes.contains { $0.direction == .better })
    }

    @Test
    func `Steps that lost their cache are told as such`() throws {
        let dossiers = Self.builds(60) { build in
            [
                Step("RUN a", Self.near(50, build)) { $0 >= 35 }, Step("RUN b", Self.near(20, build)),
                Step("RUN c", Self.near(30, build)),
            ]
        }
        let regressions = BuildTrends(dossiers).regressions
        let build = try #require(regressions.first { $0.change.quantity == .buildDuration })
        #expect(build.hasLostCache && build.causes.map(\.kind) == [.ran] && build.causes.first?.step == "RUN a")
        #expect(regressions.contains { $0.change.quantity == .hitRate })
    }

    @Test
    func `A new step is told as such`() throws {
        let dossiers = Self.builds(60) { build in
            var steps = [Step("RUN a", Self.near(50, build))]
            if build >= 30 { steps.append(Step("RUN new", Self.near(40, build))) }
            return steps
        }
        let build = try #require(BuildTrends(dossiers).regressions.first { $0.change.quantity == .buildDuration })
        #expect(build.causes.map(\.kind) == [.new] && build.causes.first?.step == "RUN new")
    }

    @Test
    func `An odd build or a slow drift is no regression`() {
        let odd = Self.builds(60) { [Step("RUN a", Self.near($0 == 40 ? 900 : 60, $0))] }
        #expect(BuildTrends(odd).changes.isEmpty)
        let drift = Self.builds(200) { [Step("RUN a", Self.near(60 + 0.3 * Double($0), $0))] }
        #expect(BuildTrends(drift).changes.isEmpty)
        #expect(BuildTrends([]).changes.isEmpty)
        #expect(BuildTrends(Self.builds(8) { [Step("RUN a", $0 < 4 ? 1 : 100)] }).changes.isEmpty)
    }

    @Test
    func `A larger image is told`() throws {
        let dossiers = Self.builds(40) { [Step("RUN a", Self.near(60, $0))] }.enumerated().map { build, dossier in
            var dossier = dossier
            dossier.record.statistics = BuildStatistics()
            dossier.record.statistics?.imageSize = build < 20 ? 100 << 20 : 150 << 20
            return dossier
        }
        let only = try #require(BuildTrends(dossiers).changes.first)
        #expect(only.quantity == .imageSize && only.first.place == 20 && only.before == Double(100 << 20))
    }

    @Test
    func `The same builds give the same, whatever their speed`() {
        var history = SimulatedHistory(seed: 3, most: 80)
        history.addChange()
        let dossiers = history.dossiers()
        let trends = BuildTrends(dossiers)
        #expect(
            trends.changes == BuildTrends(dossiers).changes && trends.regressions == BuildTrends(dossiers).regressions
        )
        for change in trends.changes {
            #expect(change.samplesBefore >= 5 && change.samplesAfter >= 4 && (0...1).contains(change.falseAlarm))
            #expect(max(change.before, change.after) >= 1.1 * min(change.before, change.after))
        }
    }

    @Test
    func `The hit rate is that of the cache's figures`() {
        let marks = ["RRRRRRRRR", "RRCCCRRRR", "RRCCCCCCC", "CCCRCRNRR", "RRCCCCFRR", "RRRCCCCCR"]
        let dossiers = marks.enumerated().map { StagedBuild.make($0 + 1, $1) }
        let track = TrendTracks(dossiers).hitRate
        let rates = dossiers.map { dossier in
            var rates = CacheRates()
            rates.add(dossier)
            return rates.report.counts.rate
        }
        #expect(track.builds == [0, 1, 2, 3, 5])
        #expect(track.values == track.builds.compactMap { rates[$0] })
        // The FROM step was cached, but it doesn't count.
        #expect(track.values[1] == 0.4)
    }
}
