import CaissonBuildModel
import CaissonOrchestrator

/// Measures how long the scheduler takes for a decision while so many builds of fifty steps are queued.
@main
struct SchedulerBench {
    private static let steps = 50
    private static let ends = 2000

    private var scheduler: Scheduler
    private var times: [String: [Duration]] = [:]
    private var now = Duration.zero
    private var next = 0
    private var running: [AttemptID] = []
    private let clock = ContinuousClock()

    static func main() async throws {
        for count in [1000, 10_000] {
            var bench = SchedulerBench()
            bench.run(queued: count)
            bench.print(queued: count)
            Swift.print("\(count) builds in a queue whose engine ends each at once: the same figures")
            for (what, times) in try await QueueBench().run(queued: count) { print(what, times) }
        }
    }

    private init() {
        var limits = SchedulerLimits()
        limits.queueSize = nil
        limits.pool.milliprocessors = 16_000
        limits.pool.memory = 64 << 30
        limits.stepTimeout = .seconds(1800)
        limits.buildTimeout = .seconds(7200)
        scheduler = Scheduler(limits)
    }

    private mutating func run(queued count: Int) {
        for _ in 0..<count { submit() }
        for round in 0..<Self.ends {
            guard !running.isEmpty else { break }
            let attempt = running.removeFirst()
            tell(.began(attempt), "begin")
            for step in 0..<Self.steps {
                tell(.stepStarted(attempt, "step \(step)"), "step start")
                tell(.heard(attempt), "output")
                tell(.stepEnded(attempt, "step \(step)"), "step end")
            }
            tell(.ended(attempt, round % 10 == 0 ? .failed(.infrastructure) : .succeeded), "end, and what begins then")
            if round % 100 == 0 { tell(.cancelled(JobID(next - 1 - round / 100)), "cancel") }
            submit()
            if round % 2 == 0 { measure("status") { _ = $0.wait(of: JobID($1 - 1)) } }
        }
    }

    private mutating func submit() {
        var job = ScheduledJob(JobID(next), "build \(next)")
        job.level = next % 3
        job.project = "project \(next % 50)"
        job.needs.milliprocessors = 1000 * (1 + next % 8)
        job.needs.memory = Int64(1 + next % 7) << 30
        job.timeout = .seconds(7200)
        job.stepTimeout = .seconds(1800)
        job.retry = RetryPolicy()
        job.pushes = ["registry.example/app\(next % 300):1"]
        job.imports = ["registry cache registry.example/cache\(next % 20)"]
        if next % 10 == 9 { job.dependencies = [ScheduledJob.Dependency(on: JobID(next - 1), .always)] }
        next += 1
        tell(.submitted([job]), "submit")
    }

    private mutating func tell(_ event: SchedulerEvent, _ what: String) {
        now += .milliseconds(200)
        let begun = clock.now
        let actions = scheduler.handle(event, at: now)
        times[what, default: []].append(begun.duration(to: clock.now))
        for case .start(let attempt) in actions { running.append(attempt) }
        for case .cancel(let attempt, _) in actions { running.removeAll { $0 == attempt } }
    }

    private mutating func measure(_ what: String, _ body: (Scheduler, Int) -> Void) {
        let begun = clock.now
        body(scheduler, next)
        times[what, default: []].append(begun.duration(to: clock.now))
    }

    private func print(queued count: Int) {
        let all = times.filter { $0.key != "status" }.values.joined()
        Swift.print("\(count) builds of \(Self.steps) steps queued: median, p99, longest of a decision in microseconds")
        for (what, times) in [("all", Array(all))] + times.sorted(by: { $0.key < $1.key }) { Self.print(what, times) }
    }

    private static func print(_ what: String, _ times: [Duration]) {
        guard !times.isEmpty else { return Swift.print("  \(what): never") }
        let sorted = times.sorted()
        let parts = [sorted.count / 2, sorted.count * 99 / 100, sorted.count - 1].map { sorted[$0].microseconds }
        Swift.print("  \(what): \(parts.map(String.init).joined(separator: ", ")) of \(sorted.count)")
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
