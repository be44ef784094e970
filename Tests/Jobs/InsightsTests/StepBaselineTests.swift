import CaissonBuildModel
import CaissonInsights
import Testing

struct StepBaselineTests {
    private static let name = "[build 2/3] RUN make"

    private static func baseline(_ now: StepRecord, _ earlier: [Int], status: BuildStatus = .succeeded) -> StepBaseline?
    {
        var baselines = StepBaselines(of: Sample.dossier([now], at: 1_000_000, status: status))
        for (place, time) in earlier.enumerated() {
            baselines.add(Sample.dossier([Sample.step(4, "[build 2/9] RUN make", 0..<time)], at: place))
        }
        return baselines.steps.first
    }

    @Test(
        arguments: [
            (1000, [], .unknown), (1000, [1000, 1000], .unknown), (1000, [1000, 1000, 1000], .usual),
            (1300, [1000, 1000, 1000], .usual), (1301, [1000, 1000, 1000], .slower),
            (700, [1000, 1000, 1000], .usual), (699, [1000, 1000, 1000], .faster),
            (11_000, [10_000, 10_000, 10_000], .usual), (11_001, [10_000, 10_000, 10_000], .slower),
            // The median of the distances is 1 s, so that 4.4478 s are usual.
            (14_447, [9000, 10_000, 11_000, 10_000, 8000, 12_000], .usual),
            (14_448, [9000, 10_000, 11_000, 10_000, 8000, 12_000], .slower),
            (5552, [9000, 10_000, 11_000, 10_000, 8000, 12_000], .faster),
        ] as [(Int, [Int], StepBaseline.Verdict)]
    )
    func `A time is judged by the median and the spread of earlier ones`(
        time: Int,
        earlier: [Int],
        verdict: StepBaseline.Verdict
    ) {
        let baseline = Self.baseline(Sample.step(4, Self.name, 0..<time), earlier)
        #expect(baseline?.verdict == verdict)
        #expect(baseline?.runs == earlier.count)
        #expect((baseline?.median == nil) == earlier.isEmpty)
    }

    @Test
    func `Even numbers of runs have the mean of the two middle ones`() {
        let baseline = Self.baseline(Sample.step(4, Self.name, 0..<1), [1000, 4000, 2000, 9000])
        #expect(baseline?.median == .seconds(3) && baseline?.spread == .milliseconds(1500))
    }

    @Test
    func `A cached step isn't judged, one that broke off is slower or unknown`() {
        let runs = [1000, 1000, 1000]
        #expect(Self.baseline(Sample.step(4, Self.name, 0..<0, isCached: true), runs)?.verdict == .unknown)
        var step = Sample.step(4, Self.name, 1_000_000..<1_000_500)
        step.error = "exit code: 1"
        #expect(Self.baseline(step, runs)?.verdict == .unknown)
        step.error = ""
        step.completed = nil
        #expect(Self.baseline(step, runs, status: .failed)?.verdict == .slower)
        #expect(Self.baseline(step, runs, status: .running)?.verdict == .unknown)
    }

    @Test
    func `Only real runs of earlier builds of the series count, the second with the second`() {
        let steps = [Sample.step(1, "[a 1/2] RUN x", 0..<1000), Sample.step(2, "[a 2/2] RUN x", 0..<2000)]
        let now = Sample.dossier(steps, at: 1000)
        var baselines = StepBaselines(of: now)
        baselines.add(now)
        baselines.add(Sample.dossier(steps, at: 1001))
        baselines.add(Sample.dossier(steps, name: "other"))
        #expect(baselines.steps.map(\.runs) == [0, 0])
        baselines.add(Sample.dossier([steps[0], Sample.step(2, "[a 2/2] RUN x", 0..<0, isCached: true)]))
        baselines.add(Sample.dossier(steps, status: .failed))
        #expect(baselines.steps.map(\.runs) == [2, 1])
        #expect(baselines.steps.map(\.median) == [.seconds(1), .seconds(2)])
    }

    @Test
    func `The first runs that are added count, however many there are`() {
        let baseline = Self.baseline(Sample.step(4, Self.name, 0..<1), (1...300).map { $0 * 10 })
        #expect(baseline?.runs == StepBaselines.mostRuns && baseline?.median == .milliseconds(1005))
    }

    @Test
    func `No history is too odd`() {
        for seed in 0..<300 {
            var random = SeededGenerator(state: UInt64(seed))
            let now = Sample.hostile(&random)
            var baselines = StepBaselines(of: now)
            for _ in 0..<5 { baselines.add(Sample.hostile(&random)) }
            #expect(baselines.steps.map(\.step) == now.steps.map(\.number), "seed \(seed)")
        }
    }
}
