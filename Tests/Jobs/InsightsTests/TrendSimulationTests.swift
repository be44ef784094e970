import CaissonBuildModel
import CaissonInsights
import Glibc
import Testing

struct TrendSimulationTests {
    /// How many histories; more are tried where the environment says so.
    private static let histories = getenv("CAISSON_TREND_HISTORIES").flatMap { Int(String(cString: $0)) } ?? 440
    private static let longest = getenv("CAISSON_TREND_HISTORIES") == nil ? 160 : 1000

    @Test
    func `Where nothing changes hardly anything is told`() {
        let count = Self.histories / 2
        var alarms: [String] = []
        for seed in 0..<count {
            var history = SimulatedHistory(seed: seed, most: Self.longest)
            let trends = BuildTrends(history.dossiers())
            guard let change = trends.changes.first else { continue }
            alarms.append("seed \(seed): \(change)")
        }
        print("\(alarms.count) false alarms in \(count) histories")
        #expect(Double(alarms.count) <= 0.05 * Double(count), "\(alarms)")
    }

    @Test
    func `A change is found at its build and with its step`() {
        let count = Self.histories / 2
        var missed: [String] = []
        var (caused, misnamed) = (0, 0)
        for seed in 0..<count {
            var history = SimulatedHistory(seed: 1_000_000 + seed, most: Self.longest)
            history.addChange()
            let trends = BuildTrends(history.dossiers())
            let step = StepName(SimulatedHistory.name(history.changed, of: history.steps)).identity
            let isFound = trends.regressions.contains { regression in
                regression.change.quantity == .step(step, occurrence: 1)
                    && abs(regression.change.first.place - history.change) <= 3 && regression.isStillOn
            }
            for regression in trends.regressions where regression.change.quantity == .buildDuration {
                guard abs(regression.change.first.place - history.change) <= 3 else { continue }
                caused += 1
                if regression.causes.first?.step != step { misnamed += 1 }
            }
            if !isFound {
                missed.append("seed \(seed), \(history.builds) builds: \(trends.changes.map(\.first.place))")
            }
        }
        print("\(missed.count) of \(count) changes missed, \(misnamed) of \(caused) misnamed")
        #expect(Double(missed.count) <= 0.05 * Double(count), "\(missed)")
        #expect(Double(misnamed) <= 0.05 * Double(caused))
    }
}
