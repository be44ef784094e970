import Testing

@testable import CaissonOrchestrator

#if canImport(Glibc)
import Glibc
#endif

@Suite("Random plans of a scheduler", .timeLimit(.minutes(10)))
struct SchedulerPropertyTests {
    /// How many plans: more where the environment says so, as the nightly run does.
    private static var planCount: Int {
        getenv("CAISSON_SCHEDULER_PLANS").flatMap { Int(String(cString: $0)) } ?? 2000
    }

    /// What has to happen often, in 10,000 plans 500 times at least.
    private static let wanted = [
        "condition: success", "condition: always", "condition: image", "retry: infrastructure", "retry: step",
        "retry: timeout", "cancel of what runs", "cancel of what waits", "deadline of a build", "deadline of a step",
        "silence", "abandoned", "late answer", "refused: queue", "refused: machine", "went on", "skipped: dependency",
        "skipped: source", "ended with its batch", "started as it was due", "all places taken",
    ]

    @Test("no plan breaks a limit, waits for ever, or ends a job in no way or in two")
    func plans() {
        let first = UInt64.random(in: 0..<1 << 48)
        let count = Self.planCount
        print("scheduler: \(count) plans from seed \(first)")
        var counts: [String: Int] = [:]
        var failures = 0
        for seed in first..<first + UInt64(count) where failures < 5 {
            var run = SimulatedRun(seed)
            run.run()
            for (what, number) in run.checks.counts { counts[what, default: 0] += number }
            guard let problem = run.checks.problems.first else { continue }
            failures += 1
            Issue.record("seed \(seed): \(problem), and \(run.checks.problems.count - 1) more")
        }
        for (what, number) in counts.sorted(by: { $0.key < $1.key }) { print("scheduler: \(number) × \(what)") }
        guard failures == 0 else { return }
        for what in Self.wanted { #expect(counts[what, default: 0] >= count / 20, "\(what)") }
    }

    @Test("the same seed makes the same decisions")
    func determinism() {
        for seed in UInt64(0)..<20 {
            var (one, other) = (SimulatedRun(seed), SimulatedRun(seed))
            one.run()
            other.run()
            #expect(one.checks.counts == other.checks.counts && !one.checks.counts.isEmpty)
        }
    }
}
