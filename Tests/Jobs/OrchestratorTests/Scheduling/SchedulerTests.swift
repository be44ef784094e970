import CaissonBuildModel
import Testing

@testable import CaissonOrchestrator

@Suite("Decisions of a scheduler")
struct SchedulerTests {
    /// A scheduler that is told what happens at which second.
    private struct Desk {
        var scheduler: Scheduler
        var all: [SchedulerAction] = []

        init(_ change: (inout SchedulerLimits) -> Void = { _ in }) {
            var limits = SchedulerLimits.none
            limits.ageing = .seconds(100)
            change(&limits)
            scheduler = Scheduler(limits)
        }

        /// The starts that follow, by the jobs' numbers.
        @discardableResult
        mutating func tell(_ event: SchedulerEvent, at second: Int = 0) -> [Int] {
            let actions = scheduler.handle(event, at: .seconds(second))
            all += actions
            return actions.compactMap { if case .start(let attempt) = $0 { attempt.job.number } else { nil } }
        }

        mutating func submit(_ jobs: ScheduledJob..., at second: Int = 0) -> [Int] {
            tell(.submitted(jobs), at: second)
        }

        mutating func end(_ job: Int, _ end: AttemptEnd = .succeeded, attempt: Int = 1, at second: Int = 0) -> [Int] {
            tell(.ended(AttemptID(JobID(job), attempt), end), at: second)
        }

        var endings: [Int: JobEnding] {
            var endings: [Int: JobEnding] = [:]
            for case .end(let job, let ending) in all { endings[job.number] = ending }
            return endings
        }

        var refusals: [Int: JobRefusal] {
            var refusals: [Int: JobRefusal] = [:]
            for case .refuse(let job, let refusal) in all { refusals[job.number] = refusal }
            return refusals
        }

        var cancels: [Int: JobCancellation] {
            var cancels: [Int: JobCancellation] = [:]
            for case .cancel(let attempt, let cause) in all { cancels[attempt.job.number] = cause }
            return cancels
        }
    }

    private static func job(
        _ number: Int,
        after dependencies: [(Int, Dependency.Condition)] = [],
        _ change: (inout ScheduledJob) -> Void = { _ in }
    ) -> ScheduledJob {
        var job = ScheduledJob(JobID(number), "job\(number)")
        job.dependencies = dependencies.map { ScheduledJob.Dependency(on: JobID($0.0), $0.1) }
        change(&job)
        return job
    }

    private static func attempt(_ job: Int, _ number: Int = 1) -> AttemptID { AttemptID(JobID(job), number) }

    @Test("as many work at a time as there are places, and the next begins when one ends")
    func cap() {
        var desk = Desk { $0.maxConcurrentBuilds = 2 }
        #expect(desk.submit(Self.job(1), Self.job(2), Self.job(3)) == [1, 2])
        #expect(desk.end(2) == [3])
        #expect(desk.end(1) == [] && desk.end(3) == [])
        #expect(desk.endings == [1: .succeeded, 2: .succeeded, 3: .succeeded] && desk.scheduler.isIdle)
    }

    @Test("a job begins when those before it have ended as its conditions want, else it is skipped")
    func conditions() {
        var desk = Desk()
        let begun = desk.submit(
            Self.job(5, after: [(3, .success)]),
            Self.job(4, after: [(1, .always), (2, .success)]),
            Self.job(3, after: [(1, .image(as: "base"))]),
            Self.job(2),
            Self.job(1)
        )
        #expect(begun == [2, 1])
        #expect(desk.end(1, .failed(.step)) == [])
        #expect(desk.endings[3] == .skipped(JobEnding.Cause(job: JobID(1), kind: .failed)))
        #expect(desk.endings[5] == .skipped(JobEnding.Cause(job: JobID(3), kind: .skipped)))
        #expect(desk.end(2) == [4])
    }

    @Test("of a batch that doesn't keep going the failure of one ends the rest, except what comes whatever happens")
    func failFast() {
        for keepsGoing in [true, false] {
            var desk = Desk { $0.maxConcurrentBuilds = 2 }
            if keepsGoing { desk.tell(.keepsGoing(batch: 7)) }
            let jobs = [
                Self.job(1), Self.job(2), Self.job(3), Self.job(4, after: [(3, .always)]),
                Self.job(5, after: [(2, .success)]),
            ].map { job in
                var job = job
                job.batch = 7
                return job
            }
            #expect(desk.tell(.submitted(jobs)) == [1, 2])
            #expect(desk.end(1, .failed(.step)) == (keepsGoing ? [3] : [4]))
            #expect(desk.endings[3] == (keepsGoing ? nil : .cancelled(.batchFailed)))
            #expect(desk.endings[5] == (keepsGoing ? nil : .cancelled(.batchFailed)))
            #expect(desk.cancels == (keepsGoing ? [:] : [2: .batchFailed]))
        }
    }

    @Test("what needs more than is left of the machine is passed by what fits, until it is due")
    func pool() {
        var desk = Desk {
            $0.pool.milliprocessors = 2000
            $0.priorityLevels = 1
        }
        func needing(_ number: Int, _ processors: Int) -> ScheduledJob {
            Self.job(number) { $0.needs.milliprocessors = processors }
        }
        #expect(desk.submit(needing(1, 1000), needing(2, 2000), needing(3, 1000)) == [1, 3])
        #expect(desk.scheduler.wait(of: JobID(2)) == JobWait(reason: .machine("processors"), ahead: 0))
        #expect(desk.submit(needing(4, 1000), at: 50) == [] && desk.end(1, at: 99) == [4])
        #expect(desk.submit(needing(5, 1000), at: 100) == [] && desk.end(3, at: 100) == [])
        #expect(desk.end(4, at: 101) == [2] && desk.end(2, at: 102) == [5])
        #expect(desk.submit(needing(6, 2001)) == [] && desk.refusals == [6: .exceeds("processors")])
    }

    @Test("the more urgent go first, but a less urgent one that is due goes before those that came later")
    func ageing() {
        var desk = Desk { $0.maxConcurrentBuilds = 1 }
        func urgent(_ number: Int, _ level: Int) -> ScheduledJob { Self.job(number) { $0.level = level } }
        #expect(desk.submit(urgent(1, 1)) == [1])
        #expect(desk.submit(urgent(2, 0), urgent(3, 2), urgent(4, 1)) == [])
        #expect(desk.end(1, at: 1) == [3] && desk.end(3, at: 2) == [4])
        #expect(desk.submit(urgent(5, 2), urgent(6, 9), at: 250) == [] && desk.end(4, at: 299) == [5])
        #expect(desk.end(5, at: 300) == [2] && desk.end(2, at: 301) == [6])
    }

    @Test("projects have their turns by how many of their jobs work, then by who was last")
    func fairShare() {
        var desk = Desk { $0.maxConcurrentBuilds = 3 }
        func of(_ project: String, _ number: Int) -> ScheduledJob { Self.job(number) { $0.project = project } }
        let jobs = (1...5).map { of("a", $0) } + [of("b", 6), of("b", 7), of("c", 8)]
        #expect(desk.tell(.submitted(jobs)) == [1, 6, 8])
        #expect(desk.end(6) == [7] && desk.end(8) == [2] && desk.end(1) == [3])
    }

    @Test("a full queue takes no more, by name; what waits for itself or for nobody isn't taken either")
    func refusals() {
        var desk = Desk {
            $0.maxConcurrentBuilds = 1
            $0.queueSize = 2
        }
        _ = desk.submit(Self.job(1))
        _ = desk.submit(Self.job(2), Self.job(3), Self.job(4), Self.job(5, after: [(4, .always)]))
        #expect(desk.refusals == [4: .queueIsFull(size: 2), 5: .queueIsFull(size: 2)])
        var other = Desk()
        _ = other.submit(Self.job(1, after: [(2, .success)]), Self.job(2, after: [(1, .success)]))
        _ = other.submit(Self.job(3, after: [(9, .success)]))
        _ = other.submit(Self.job(4))
        _ = other.submit(Self.job(4))
        #expect(
            other.refusals == [1: .circle, 2: .circle, 3: .unknownDependency(JobID(9)), 4: .known]
        )
    }

    @Test("failures of the causes given are tried again after pauses that double, and give their place back meanwhile")
    func retries() {
        var desk = Desk { $0.maxConcurrentBuilds = 1 }
        let job = Self.job(1) { $0.retry = RetryPolicy(attempts: 3, delay: .seconds(60)) }
        #expect(desk.submit(job, Self.job(2)) == [1])
        #expect(desk.end(1, .failed(.infrastructure), at: 10) == [2])
        #expect(desk.scheduler.wait(of: JobID(1)) == JobWait(reason: .pause(.seconds(60), attempt: 2), ahead: 0))
        #expect(
            desk.end(2, at: 20) == [] && desk.tell(.timePassed, at: 69) == [] && desk.tell(.timePassed, at: 70) == [1]
        )
        #expect(desk.end(1, .failed(.infrastructure), at: 71) == [], "a late answer of the first attempt")
        _ = desk.end(1, .failed(.infrastructure), attempt: 2, at: 80)
        #expect(desk.tell(.timePassed, at: 199) == [] && desk.tell(.timePassed, at: 200) == [1])
        _ = desk.end(1, .failed(.infrastructure), attempt: 3, at: 201)
        #expect(desk.endings[1] == .failed(.infrastructure))
        _ = desk.submit(Self.job(3) { $0.retry = RetryPolicy() }, at: 202)
        _ = desk.end(3, .failed(.step), at: 203)
        #expect(desk.endings[3] == .failed(.step))
    }

    @Test(
        "time counts from when the engine has a build, without what it waits for others; steps and silence have their own"
    )
    func deadlines() {
        var desk = Desk()
        func run(_ number: Int, _ change: (inout ScheduledJob) -> Void) {
            _ = desk.submit(Self.job(number, change))
        }
        run(1) { $0.timeout = .seconds(100) }
        run(2) { $0.stepTimeout = .seconds(30) }
        run(3) { $0.silenceTimeout = .seconds(20) }
        desk.tell(.timePassed, at: 200)
        for job in 1...3 { desk.tell(.began(Self.attempt(job)), at: 200) }
        desk.tell(.waits(Self.attempt(1)), at: 210)
        desk.tell(.stepStarted(Self.attempt(2), "a"), at: 210)
        desk.tell(.heard(Self.attempt(3)), at: 215)
        desk.tell(.stepEnded(Self.attempt(2), "a"), at: 220)
        desk.tell(.stepStarted(Self.attempt(2), "b"), at: 225)
        desk.tell(.timePassed, at: 234)
        #expect(desk.cancels.isEmpty)
        desk.tell(.timePassed, at: 235)
        #expect(desk.cancels == [3: .expired(.silence(.seconds(20)))])
        desk.tell(.timePassed, at: 255)
        #expect(desk.cancels[2] == .expired(.step("b", .seconds(30))))
        desk.tell(.goesOn(Self.attempt(1)), at: 500)
        desk.tell(.timePassed, at: 589)
        #expect(desk.cancels[1] == nil)
        desk.tell(.timePassed, at: 590)
        #expect(desk.cancels[1] == .expired(.build(.seconds(100))))
        _ = desk.end(1, .stopped, at: 591)
        #expect(desk.endings[1] == .timedOut(.build(.seconds(100))))
    }
}

extension SchedulerTests {
    @Test("what waits ends at once when it is cancelled, what runs when it has ended, or after the time allowed")
    func cancels() {
        var desk = Desk {
            $0.maxConcurrentBuilds = 1
            $0.cancelGrace = .seconds(10)
        }
        _ = desk.submit(Self.job(1), Self.job(2), Self.job(3))
        #expect(desk.tell(.cancelled(JobID(2)), at: 1) == [] && desk.endings == [2: .cancelled(.asked)])
        #expect(desk.tell(.cancelled(JobID(1)), at: 2) == [] && desk.cancels == [1: .asked])
        #expect(desk.tell(.timePassed, at: 11) == [] && desk.endings[1] == nil)
        #expect(desk.tell(.timePassed, at: 12) == [3] && desk.endings[1] == .cancelled(.asked))
        #expect(desk.all.contains(.abandon(Self.attempt(1))))
        #expect(desk.end(1, at: 13) == [] && desk.endings[1] == .cancelled(.asked))
        #expect(desk.tell(.allCancelled, at: 14) == [] && desk.end(3, .stopped, at: 15) == [])
        #expect(desk.scheduler.isIdle)
    }

    @Test("who waits for another job gives its place back and takes it again before what hasn't begun")
    func links() {
        var desk = Desk { $0.maxConcurrentBuilds = 1 }
        #expect(desk.submit(Self.job(1), Self.job(2), Self.job(3)) == [1])
        #expect(desk.tell(.waits(Self.attempt(1))) == [2])
        #expect(desk.tell(.goesOn(Self.attempt(1))) == [])
        #expect(desk.end(2) == [] && desk.all.contains(.goOn(Self.attempt(1))))
        #expect(desk.end(1) == [3])
    }

    @Test("two that push one reference never work at once, and the one that is due first is next")
    func references() {
        var desk = Desk()
        func pushing(_ number: Int, _ level: Int = 0) -> ScheduledJob {
            Self.job(number) {
                $0.pushes = ["r/app:1"]
                $0.level = level
            }
        }
        #expect(desk.submit(pushing(1)) == [1])
        #expect(desk.submit(pushing(2), pushing(3, 2), Self.job(4)) == [4])
        #expect(
            desk.scheduler.wait(of: JobID(2))?.description == "until job1 has pushed r/app:1"
        )
        #expect(desk.end(1) == [3] && desk.end(3) == [2])
    }

    @Test("one that is let in at a gate and finds another closed lets the next one in")
    func twoReferences() {
        var desk = Desk()
        func pushing(_ number: Int, _ references: Set<String>) -> ScheduledJob {
            Self.job(number) { $0.pushes = references }
        }
        let begun = desk.submit(pushing(1, ["a"]), pushing(2, ["b"]), pushing(3, ["a", "b"]), pushing(4, ["a"]))
        #expect(begun == [1, 2] && desk.end(1) == [4])
        #expect(desk.end(2) == [] && desk.end(4) == [3])
    }

    @Test("two that import one cache start apart")
    func imports() {
        var desk = Desk { $0.importSpacing = .seconds(2) }
        let jobs = (1...3).map { Self.job($0) { $0.imports = ["r/cache"] } }
        #expect(desk.tell(.submitted(jobs)) == [1] && desk.tell(.timePassed, at: 1) == [])
        #expect(desk.all.contains(.wake(at: .seconds(2))))
        #expect(desk.tell(.timePassed, at: 2) == [2] && desk.tell(.timePassed, at: 4) == [3])
    }

    @Test("whoever waits is told behind how many and why")
    func reasons() {
        var desk = Desk { $0.maxConcurrentBuilds = 1 }
        let last = Self.job(4, after: [(1, .success), (2, .always)])
        _ = desk.submit(Self.job(1))
        _ = desk.submit(Self.job(2), Self.job(3) { $0.level = 2 }, last)
        let waits = desk.scheduler.waits()
        #expect(
            waits.mapValues(\.description) == [
                JobID(2): "behind another for the only place", JobID(3): "for the only place",
                JobID(4): "for job1, job2",
            ]
        )
        for (job, wait) in waits { #expect(desk.scheduler.wait(of: job) == wait) }
        #expect(desk.scheduler.wait(of: JobID(1)) == nil)
    }

    @Test("a priority is a level: low, normal, high, or a number, of which one beyond the highest counts as that")
    func levels() {
        let limits = SchedulerLimits()
        let levels = ["low", "normal", "high", "0", "1", "7", nil].map { limits.level(of: $0) }
        #expect(levels == [0, 1, 2, 0, 1, 2, 1])
    }
}
