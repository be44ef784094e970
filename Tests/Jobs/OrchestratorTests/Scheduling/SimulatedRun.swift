import CaissonBuildModel

@testable import CaissonOrchestrator

/// A plan that is run by a scheduler on an engine that is played, with a clock that leaps from one event to the next.
struct SimulatedRun {
    private enum Happening {
        case arrival
        case tell(SchedulerEvent)
        case began(AttemptID)
        case frontEndDone(AttemptID)
        case step(AttemptID, Int)
        case stepDone(AttemptID, Int)
        case end(AttemptID, AttemptEnd)
    }

    private struct Moment: Comparable {
        var time: Duration
        var order: Int
        var happening: Happening

        static func < (left: Moment, right: Moment) -> Bool {
            left.time == right.time ? left.order < right.order : left.time < right.time
        }
        static func == (left: Moment, right: Moment) -> Bool { left.order == right.order }
    }

    private enum Stage { case begun, wantsSources, frontEnd, wantsUsers, work }

    private struct Attempt {
        var act: SimulatedPlan.Act
        var stage = Stage.begun
        var isAsking = false
        var steps = 0
    }

    let plan: SimulatedPlan
    private var scheduler: Scheduler
    private(set) var checks: SchedulerChecks
    private var numbers: SeededNumbers
    private var moments = BinaryHeap<Moment>()
    private var order = 0
    private var now = Duration.zero
    private var attempts: [AttemptID: Attempt] = [:]
    /// Jobs whose front ends are done, and jobs that have ended.
    private var ready: Set<JobID> = []
    private var ended: Set<JobID> = []

    init(_ seed: UInt64) {
        numbers = SeededNumbers(seed)
        plan = SimulatedPlan(&numbers)
        scheduler = Scheduler(plan.limits)
        checks = SchedulerChecks(plan)
    }

    /// Runs it to its end; what was wrong is in the checks.
    mutating func run() {
        for batch in plan.keepsGoing { tell(.keepsGoing(batch: batch)) }
        later(numbers.seconds(0, 3), .arrival)
        for (time, job) in plan.cancels { later(time, .tell(job.map(SchedulerEvent.cancelled) ?? .allCancelled)) }
        var count = 0
        while let moment = moments.popFirst() {
            now = moment.time
            happen(moment.happening)
            while moveLinks() {}
            count += 1
            guard count < 20_000 else { return checks.fail("it goes on for ever") }
        }
        checks.finish(isIdle: scheduler.isIdle)
    }

    private mutating func later(_ delay: Duration, _ happening: Happening) {
        order += 1
        moments.insert(Moment(time: now + delay, order: order, happening: happening))
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .arrival: tell(.submitted(plan.jobs))
        case .tell(let event): tell(event)
        case .began(let attempt):
            guard attempts[attempt] != nil else { return }
            tell(.began(attempt))
            let hasSources = plan.sources[attempt.job]?.isEmpty == false
            attempts[attempt]?.stage = hasSources ? .wantsSources : .frontEnd
            if hasSources { tell(.waits(attempt)) } else { later(numbers.seconds(0, 4), .frontEndDone(attempt)) }
        case .frontEndDone(let attempt):
            guard attempts[attempt] != nil else { return }
            tell(.heard(attempt))
            ready.insert(attempt.job)
            let hasUsers = !plan.users(of: attempt.job).isEmpty
            attempts[attempt]?.stage = hasUsers ? .wantsUsers : .work
            if hasUsers { tell(.waits(attempt)) } else { work(attempt) }
        case .step(let attempt, let step): startStep(attempt, step)
        case .stepDone(let attempt, let step):
            guard attempts[attempt] != nil else { return }
            tell(.stepEnded(attempt, "\(step)"))
        case .end(let attempt, let end): finish(attempt, end)
        }
    }

    private mutating func startStep(_ attempt: AttemptID, _ step: Int) {
        guard let played = attempts[attempt], played.stage == .work else { return }
        tell(.stepStarted(attempt, "\(step)"))
        let length = numbers.chance(15) ? numbers.seconds(10, 50) : numbers.seconds(0, 8)
        if played.act != .hangs || numbers.chance(50) { later(length, .stepDone(attempt, step)) }
        if played.act == .hangs, numbers.chance(60) { later(length, .step(attempt, step + 1)) }
    }

    private mutating func work(_ attempt: AttemptID) {
        guard let played = attempts[attempt] else { return }
        switch played.act {
        case .ends(let end, let steps):
            var length = Duration.zero
            for step in 0..<steps {
                later(length, .step(attempt, step))
                length += numbers.chance(15) ? numbers.seconds(10, 40) : numbers.seconds(0, 8)
            }
            later(length + numbers.seconds(0, 20), .end(attempt, end))
        case .hangs: later(numbers.seconds(0, 5), .step(attempt, 0))
        case .dies, .deaf: break
        }
    }

    private mutating func finish(_ attempt: AttemptID, _ end: AttemptEnd) {
        // An engine may say twice, or too late, that something ended.
        if attempts.removeValue(forKey: attempt) != nil || numbers.chance(50) {
            checks.attemptEnded(attempt)
            tell(.ended(attempt, end))
        }
    }

    /// Lets attempts go on that waited for others; returns whether there were any.
    private mutating func moveLinks() -> Bool {
        guard !plan.sources.isEmpty else { return false }
        var hasMoved = false
        for (attempt, played) in attempts.sorted(by: { $0.key.job < $1.key.job }) where !played.isAsking {
            switch played.stage {
            case .wantsSources:
                let sources = plan.sources[attempt.job] ?? []
                let missing = sources.contains { ended.contains($0) && !ready.contains($0) }
                guard missing || sources.isSubset(of: ready) else { continue }
                hasMoved = true
                if missing { finish(attempt, .skipped) } else { ask(attempt) }
            case .wantsUsers:
                let users = plan.users(of: attempt.job)
                guard users.allSatisfy({ ready.contains($0) || ended.contains($0) }) else { continue }
                hasMoved = true
                ask(attempt)
            case .begun, .frontEnd, .work: break
            }
        }
        return hasMoved
    }

    private mutating func ask(_ attempt: AttemptID) {
        attempts[attempt]?.isAsking = true
        tell(.goesOn(attempt))
    }
}

extension SimulatedRun {
    private mutating func tell(_ event: SchedulerEvent) {
        checks.told(event, at: now)
        for action in scheduler.handle(event, at: now) {
            checks.check(action, at: now)
            perform(action)
        }
    }

    private mutating func perform(_ action: SchedulerAction) {
        switch action {
        case .start(let attempt):
            let act = plan.act(of: attempt.job, &numbers)
            ready.remove(attempt.job)
            attempts[attempt] = Attempt(act: act)
            let delay = numbers.seconds(0, 3)
            later(delay, act == .dies ? .end(attempt, .failed(.infrastructure)) : .began(attempt))
        case .goOn(let attempt):
            guard let stage = attempts[attempt]?.stage else { return }
            attempts[attempt]?.isAsking = false
            attempts[attempt]?.stage = stage == .wantsSources ? .frontEnd : .work
            if stage == .wantsSources { later(numbers.seconds(0, 4), .frontEndDone(attempt)) } else { work(attempt) }
        case .cancel(let attempt, _):
            guard let played = attempts[attempt] else { return }
            if played.act == .deaf {
                if numbers.chance(70) { later(numbers.seconds(15, 60), .end(attempt, .stopped)) }
            } else {
                later(numbers.seconds(0, 5), .end(attempt, numbers.chance(10) ? .succeeded : .stopped))
            }
        case .end(let job, _): ended.insert(job)
        case .refuse(let job, _): ended.insert(job)
        case .wake(let time): later(max(time - now, .zero), .tell(.timePassed))
        case .abandon(let attempt): attempts[attempt]?.stage = .begun
        case .allocated, .released, .retry: break
        }
    }
}
