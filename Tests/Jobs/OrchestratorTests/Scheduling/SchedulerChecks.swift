import CaissonBuildModel

@testable import CaissonOrchestrator

/// What has to be so of whatever a scheduler decides, found out from its actions alone.
struct SchedulerChecks {
    private let plan: SimulatedPlan
    private let jobs: [JobID: ScheduledJob]
    /// What was wrong.
    private(set) var problems: [String] = []
    /// How often things happened.
    private(set) var counts: [String: Int] = [:]
    private var hasArrived = false
    private var endings: [JobID: JobEnding.Kind] = [:]
    private var attempts: [JobID: Int] = [:]
    /// Who has a place.
    private var working: Set<JobID> = []
    private var cancelled: [JobID: Duration] = [:]
    /// When a job could begin at first, and when it is to be tried again.
    private var readyAt: [JobID: Duration] = [:]
    private var pausedUntil: [JobID: Duration] = [:]
    /// Jobs with an attempt that hasn't ended.
    private var underWay: Set<JobID> = []
    /// What was last said of an attempt.
    private var said: [AttemptID: AttemptEnd] = [:]
    private var imported: [String: Duration] = [:]
    private var begunAt: [JobID: Duration] = [:]
    private var waited: [JobID: Duration] = [:]
    private var waitsSince: [JobID: Duration] = [:]

    init(_ plan: SimulatedPlan) {
        self.plan = plan
        jobs = Dictionary(plan.jobs.map { ($0.id, $0) }) { first, _ in first }
    }

    mutating func fail(_ text: String) { problems.append(text) }

    private mutating func count(_ what: String) { counts[what, default: 0] += 1 }

    /// Takes note of what the scheduler is about to be told.
    mutating func told(_ event: SchedulerEvent, at now: Duration) {
        switch event {
        case .submitted:
            hasArrived = true
            for job in plan.jobs where endings[job.id] == nil && job.dependencies.isEmpty { readyAt[job.id] = now }
        case .cancelled(let job): noteCancel(job, now)
        case .allCancelled: for job in jobs.keys { noteCancel(job, now) }
        case .began(let attempt):
            begunAt[attempt.job] = now
            waited[attempt.job] = .zero
        case .waits(let attempt): waitsSince[attempt.job] = now
        case .ended(let attempt, let end): said[attempt] = said[attempt] ?? end
        default: break
        }
    }

    private mutating func noteCancel(_ job: JobID, _ now: Duration) {
        guard hasArrived, endings[job] == nil, cancelled[job] == nil else { return }
        count(underWay.contains(job) ? "cancel of what runs" : "cancel of what waits")
        cancelled[job] = now
    }

    /// Takes note that the engine says that an attempt ended.
    mutating func attemptEnded(_ attempt: AttemptID) {
        if attempts[attempt.job] != attempt.number || !underWay.contains(attempt.job) { count("late answer") }
    }

    /// Looks at an action.
    mutating func check(_ action: SchedulerAction, at now: Duration) {
        switch action {
        case .allocated(let attempt, _): allocate(attempt.job)
        case .released(let attempt, _):
            if working.remove(attempt.job) == nil { fail("\(attempt) gives back what it hasn't") }
        case .start(let attempt): start(attempt, now)
        case .goOn(let attempt):
            count("went on")
            waited[attempt.job, default: .zero] += now - (waitsSince.removeValue(forKey: attempt.job) ?? now)
            if cancelled[attempt.job] != nil { fail("\(attempt) goes on after it was cancelled") }
        case .cancel(let attempt, let cause): cancel(attempt, cause, now)
        case .abandon: count("abandoned")
        case .retry(let attempt, let cause, let pause):
            count("retry: \(cause)")
            underWay.remove(attempt.job)
            pausedUntil[attempt.job] = now + pause
            // What was due before the cancel may be told with it.
            if let time = cancelled[attempt.job], time < now { fail("\(attempt) comes after a cancel") }
        case .end(let job, let ending): end(job, ending, now)
        case .refuse(let job, let refusal): refuse(job, refusal, now)
        case .wake(let time): if time < now { fail("woken in the past") }
        }
    }

    private mutating func allocate(_ id: JobID) {
        if !working.insert(id).inserted { fail("\(id) takes twice") }
        if let limit = plan.limits.maxConcurrentBuilds {
            if working.count > limit { fail("\(working.count) places of \(limit)") }
            if working.count == limit { count("all places taken") }
        }
        let needs = working.compactMap { jobs[$0]?.needs }
        let (pool, processors) = (plan.limits.pool, needs.compactMap(\.milliprocessors).reduce(0, +))
        if let total = pool.milliprocessors, processors > total { fail("\(processors) of \(total) processors") }
        if let total = pool.memory, needs.compactMap(\.memory).reduce(0, +) > total { fail("too much memory") }
        if let total = pool.disk, needs.compactMap(\.disk).reduce(0, +) > total { fail("too much disk") }
        if pool.network == false, needs.contains(where: { $0.network == true }) { fail("the network is used") }
        let pushes = working.compactMap { jobs[$0] }.flatMap(\.pushes)
        if Set(pushes).count != pushes.count { fail("two push one reference") }
    }

    private mutating func start(_ attempt: AttemptID, _ now: Duration) {
        guard let job = jobs[attempt.job] else { return fail("nobody knows \(attempt)") }
        if endings[job.id] != nil || cancelled[job.id] != nil { fail("\(attempt) starts after its end") }
        if attempt.number != (attempts[job.id] ?? 0) + 1 { fail("\(attempt) is out of order") }
        if !underWay.insert(job.id).inserted { fail("\(attempt) starts beside another") }
        if attempt.number > job.retry?.attempts ?? 1 { fail("\(attempt) is one too many") }
        if let pause = pausedUntil[job.id], pause > now { fail("\(attempt) comes before its pause has ended") }
        attempts[job.id] = attempt.number
        begunAt[job.id] = nil
        for dependency in job.dependencies {
            let kind = endings[dependency.job]
            let isMet = dependency.condition == .always ? kind != nil : kind == .well
            if !isMet { fail("\(attempt) starts before \(dependency)") }
            count("condition: \(dependency.condition.word)")
        }
        checkTurn(of: job, now)
        for cache in job.imports {
            if let last = imported[cache], now - last < plan.limits.importSpacing { fail("imports of \(cache)") }
            imported[cache] = now
        }
    }

    private func due(_ job: ScheduledJob) -> Duration? {
        let levels = plan.limits.priorityLevels
        return readyAt[job.id].map { $0 + plan.limits.ageing * (levels - min(job.level, levels - 1)) }
    }

    /// The bound of waiting: before a job that is due nothing begins but what is due earlier.
    private mutating func checkTurn(of job: ScheduledJob, _ now: Duration) {
        guard let own = due(job) else { return fail("\(job.name) starts before it could") }
        if own <= now { count("started as it was due") }
        for other in plan.jobs where other.pushes.isEmpty && other.imports.isEmpty && other.id != job.id {
            guard endings[other.id] == nil, !underWay.contains(other.id), pausedUntil[other.id] ?? .zero <= now,
                cancelled[other.id] == nil, let due = due(other), due <= now
            else { continue }
            if due < own { fail("\(job.name) passes \(other.name), which is due") }
        }
    }

    private mutating func cancel(_ attempt: AttemptID, _ cause: JobCancellation, _ now: Duration) {
        guard underWay.contains(attempt.job) else { return fail("\(attempt) doesn't run") }
        guard case .expired(let what) = cause, let job = jobs[attempt.job] else { return count("stopped: \(cause)") }
        let time = now - (begunAt[job.id] ?? now) - (waited[job.id] ?? .zero)
        switch what {
        case .build(let limit):
            count("deadline of a build")
            if time < limit { fail("\(job.name) has \(limit), and is stopped after \(time)") }
        case .step(_, let limit):
            count("deadline of a step")
            if time < limit { fail("\(job.name)'s step has \(limit), and is stopped after \(time)") }
        case .silence(let limit):
            count("silence")
            if time < limit { fail("\(job.name) is taken for hung after \(time)") }
        }
    }

    private mutating func refuse(_ job: JobID, _ refusal: JobRefusal, _ now: Duration) {
        switch refusal {
        case .queueIsFull: count("refused: queue")
        case .exceeds: count("refused: machine")
        case .known, .unknownDependency, .circle: fail("\(job) is refused: \(refusal)")
        }
        note(job, .skipped, now)
    }

    private mutating func end(_ job: JobID, _ ending: JobEnding, _ now: Duration) {
        switch ending {
        case .skipped(let cause): count(cause == nil ? "skipped: source" : "skipped: dependency")
        case .cancelled(.batchFailed): count("ended with its batch")
        default: count("ended: \(ending.kind)")
        }
        if let time = cancelled[job], now - time > .seconds(20) { fail("\(job) ends too long after its cancel") }
        if working.contains(job) { fail("\(job) ends with its place") }
        if !isRight(ending, for: job) { fail("\(job) ends \(ending)") }
        underWay.remove(job)
        note(job, ending.kind, now)
    }

    /// Whether there is a reason for an end.
    private func isRight(_ ending: JobEnding, for id: JobID) -> Bool {
        let last = said[AttemptID(id, attempts[id] ?? 0)]
        guard let job = jobs[id] else { return false }
        switch ending {
        case .succeeded: return last == .succeeded
        case .failed(let cause): return last == .failed(cause)
        case .timedOut: return last != .succeeded
        case .skipped(nil): return last == .skipped
        case .skipped(let cause?):
            return job.dependencies.contains { dependency in
                dependency.job == cause.job && dependency.condition != .always && endings[cause.job] == cause.kind
                    && cause.kind != .well
            }
        case .cancelled(.asked): return cancelled[id] != nil
        case .cancelled(.batchFailed): return job.batch.map { !plan.keepsGoing.contains($0) } ?? false
        case .cancelled(.elsewhere): return last == .stopped
        case .cancelled(.expired): return false
        }
    }

    private mutating func note(_ id: JobID, _ kind: JobEnding.Kind, _ now: Duration) {
        if endings.updateValue(kind, forKey: id) != nil { fail("\(id) ends twice") }
        for job in plan.jobs where readyAt[job.id] == nil && endings[job.id] == nil {
            let isReady = job.dependencies.allSatisfy { dependency in
                dependency.condition == .always ? endings[dependency.job] != nil : endings[dependency.job] == .well
            }
            if isReady { readyAt[job.id] = now }
        }
    }

    /// Looks at what is left at the end.
    mutating func finish(isIdle: Bool) {
        for job in plan.jobs where endings[job.id] == nil { fail("\(job.name) never ends") }
        if !working.isEmpty { fail("places are left") }
        if !isIdle { fail("jobs are left") }
    }
}

extension Dependency.Condition {
    fileprivate var word: String {
        switch self {
        case .success: "success"
        case .always: "always"
        case .image: "image"
        }
    }
}
