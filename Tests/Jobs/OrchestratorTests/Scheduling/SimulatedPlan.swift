import CaissonBuildModel

@testable import CaissonOrchestrator

/// A fast generator of numbers that are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 to below a bound.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % max(bound, 1) }

    mutating func seconds(_ least: Int, _ most: Int) -> Duration { .seconds(least + below(most - least + 1)) }

    /// Whether it is one of so many in a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// A random plan: jobs, how they are linked, and what the engine makes of their attempts.
struct SimulatedPlan {
    /// What an attempt does.
    enum Act: Sendable, Equatable {
        /// It ends by itself.
        case ends(AttemptEnd, steps: Int)
        /// It tells of steps and never ends by itself.
        case hangs
        /// It is gone before the engine has it.
        case dies
        /// It never ends by itself, and answers a cancel late, or never.
        case deaf
    }

    var limits = SchedulerLimits()
    var jobs: [ScheduledJob] = []
    /// What a job is built from.
    var sources: [JobID: Set<JobID>] = [:]
    var keepsGoing: [Int] = []
    /// When jobs are cancelled; nil for all.
    var cancels: [(time: Duration, job: JobID?)] = []

    init(_ numbers: inout SeededNumbers) {
        limits.maxConcurrentBuilds = numbers.chance(10) ? nil : 1 + numbers.below(4)
        limits.ageing = numbers.seconds(10, 60)
        limits.importSpacing = numbers.chance(20) ? .zero : numbers.seconds(1, 5)
        limits.cancelGrace = .seconds(20)
        limits.queueSize = numbers.chance(5) ? 1 + numbers.below(4) : 100
        limits.priorityLevels = 1 + numbers.below(3)
        if numbers.chance(60) { limits.pool.milliprocessors = 4000 }
        if numbers.chance(40) { limits.pool.memory = 8 }
        if numbers.chance(20) { limits.pool.disk = 10 }
        limits.pool.network = numbers.chance(10) ? false : nil
        let early = 1 + numbers.below(5)
        let linked = numbers.chance(50) ? 2 + numbers.below(4) : 0
        let late = numbers.below(4)
        for number in 0..<early + linked + late { jobs.append(job(number, &numbers)) }
        for number in 1..<max(early, 1) { depend(number, on: 0..<number, &numbers) }
        link(early..<early + linked, early, &numbers)
        for number in early + linked..<jobs.count { depend(number, on: 0..<number, &numbers) }
        if numbers.chance(50) { keepsGoing.append(0) }
        for _ in 0..<numbers.below(3) {
            cancels.append((numbers.seconds(0, 150), numbers.chance(15) ? nil : JobID(numbers.below(jobs.count))))
        }
        jobs.shuffle(using: &numbers)
    }

    private func job(_ number: Int, _ numbers: inout SeededNumbers) -> ScheduledJob {
        var job = ScheduledJob(JobID(number), "job\(number)")
        job.level = numbers.below(4)
        job.project = numbers.pick(["a", "b", "c"])
        if numbers.chance(50) { job.needs.milliprocessors = numbers.pick([500, 1000, 2000, 4000]) }
        if numbers.chance(40) { job.needs.memory = Int64(1 + numbers.below(8)) }
        if numbers.chance(20) { job.needs.disk = Int64(1 + numbers.below(11)) }
        if numbers.chance(15) { job.needs.network = true }
        if numbers.chance(35) { job.timeout = numbers.seconds(20, 90) }
        if numbers.chance(30) { job.stepTimeout = numbers.seconds(5, 30) }
        if numbers.chance(30) { job.silenceTimeout = numbers.seconds(5, 30) }
        if numbers.chance(70) {
            job.retry = RetryPolicy(attempts: 1 + numbers.below(3), delay: numbers.seconds(0, 40))
            job.retry?.causes = Set(RetryPolicy.Cause.allCases.filter { _ in numbers.chance(60) })
        }
        if numbers.chance(25) { job.pushes = [numbers.pick(["r/app:1", "r/db:1"])] }
        if numbers.chance(5) { job.pushes = ["r/app:1", "r/db:1"] }
        if numbers.chance(25) { job.imports = ["r/cache"] }
        job.batch = numbers.chance(60) ? 0 : numbers.chance(50) ? 1 : nil
        return job
    }

    private mutating func depend(_ number: Int, on others: Range<Int>, _ numbers: inout SeededNumbers) {
        for _ in 0..<numbers.below(3) where !others.isEmpty {
            let other = JobID(others.lowerBound + numbers.below(others.count))
            let condition = numbers.pick([Dependency.Condition.success, .always, .image(as: "base")])
            jobs[number].dependencies.append(ScheduledJob.Dependency(on: other, condition))
        }
    }

    /// Links jobs so that none of them waits for itself: each may depend on those before the links, or on one that is
    /// built from the same and that nothing is built from.
    private mutating func link(_ range: Range<Int>, _ early: Int, _ numbers: inout SeededNumbers) {
        for number in range {
            if numbers.chance(40) { depend(number, on: 0..<early, &numbers) }
            let before = range.lowerBound..<number
            guard let first = before.first else { continue }
            let source = numbers.chance(60) ? first : before.lowerBound + numbers.below(before.count)
            sources[JobID(number), default: []].insert(JobID(source))
        }
        guard range.count > 2, numbers.chance(30), let last = range.last else { return }
        let used = Set(sources.values.joined())
        let twin = range.dropLast().first { !used.contains(JobID($0)) && sources[JobID($0)] == sources[JobID(last)] }
        if let twin { jobs[last].dependencies.append(ScheduledJob.Dependency(on: JobID(twin), .always)) }
    }

    /// The jobs that are built from a job.
    func users(of job: JobID) -> [JobID] { sources.filter { $0.value.contains(job) }.map(\.key) }

    /// What the engine makes of an attempt; none hangs that has no deadline, so that every plan has to come to its end.
    func act(of job: JobID, _ numbers: inout SeededNumbers) -> Act {
        let hasDeadline = jobs.contains { $0.id == job && ($0.timeout != nil || $0.silenceTimeout != nil) }
        return switch numbers.below(hasDeadline ? 100 : 77) {
        case 0..<50: .ends(.succeeded, steps: numbers.below(5))
        case 50..<55: .dies
        case 55..<75:
            .ends(
                .failed(numbers.pick([.infrastructure, .step, .step, .step, .timeout, nil])),
                steps: numbers.below(3)
            )
        case 75..<77: .ends(.stopped, steps: 1)
        case 77..<88: .hangs
        case 88..<93: .deaf
        default: .dies
        }
    }
}
