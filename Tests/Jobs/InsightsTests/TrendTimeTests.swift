import CaissonBuildModel
import CaissonInsights
import Glibc
import Testing

struct TrendTimeTests {
    /// A busy machine would fail it, so it is only tried where it is asked for.
    @Test(.enabled(if: getenv("CAISSON_TREND_HISTORIES") != nil))
    func `Ten thousand builds are looked at in no time`() {
        var history = SimulatedHistory(seed: 5, most: 80)
        (history.builds, history.steps, history.cached) = (10_000, 20, 0)
        let dossiers = history.dossiers()
        let time = ContinuousClock().measure { _ = BuildTrends(dossiers) }
        print("10,000 builds of 20 steps: \(time)")
        // Debug builds are some twenty times as slow.
        #expect(time < .seconds(60))
    }
}
