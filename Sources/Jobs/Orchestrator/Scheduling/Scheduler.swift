import CaissonBuildModel

/// Decides which jobs run when, as a value: it is told what happens, and says what is to be done.
///
/// ```
/// submitted ─▶ blocked ─others ended─▶ queued ─place─▶ working ─ended─▶ succeeded, failed, timed out, cancelled
///                 └─skipped               ▲  ▲ │         │ ▲ └──failed─▶ pausing ─┐
///                                    gate │  └─┼─────────┼─┼──────────────────────┘
///                                       parked ◀         ▼ │ goes on, place
///                                                      waiting for a job that it is built from or that is built from it
/// ```
/// It knows no clock, starts nothing and waits for nothing; whoever drives it does (`PlanRun`). It is one builder's: each
/// builder has a pool of its own.
///
/// **Places.** A job takes a place and its part of the machine while it works. Jobs that are built from each other run
/// side by side, and the source can't end before its users' front ends are done (`BuildLinks`); so one that waits for
/// another gives all back, its references too, and takes it again before it goes on, ahead of everything that hasn't begun.
/// Who has a place therefore never waits for a job: the bound is exact, and a bound of 1 stops nobody.
///
/// **Turns.** `ReadyQueue` says whose it is. A job is due after `ageing` for each level from its own to the highest. From then on
/// nothing begins before it but what is due earlier, and that was queued before: so nothing starves. A job that is due and
/// finds too little of the machine holds the others up; one that isn't is passed by those that fit. A job whose reference is
/// being pushed stands aside, and of those that do the one due first is let in when the push ends.
package struct Scheduler: Sendable {
    /// How much may run.
    package let limits: SchedulerLimits
    var now = Duration.zero
    var jobs: [JobID: TrackedJob] = [:]
    var endings = EndedJobs()
    var batches: [Int: Batch] = [:]
    var ready: ReadyQueue
    var gates = StartGates()
    var pool: ResourcePool
    var timers = BinaryHeap<Timer>()
    /// Attempts that could go on but for a place, in the order of their turns.
    var resuming: [JobID] = []
    /// How many places are taken.
    var working = 0
    /// How many attempts are under way.
    var started = 0
    /// How many jobs came so far.
    var arrived = 0
    /// Whether there is more to decide at once.
    var isUnfinished = false
    /// When time is to be told of, as far as that was said.
    private var wake: Duration?
    var actions: [SchedulerAction] = []

    /// Jobs that fail together.
    struct Batch: Sendable {
        var keepsGoing = false
        var members: Set<JobID> = []
        /// How many more are being taken.
        var coming = 0
    }

    /// Makes a scheduler without jobs.
    package init(_ limits: SchedulerLimits = SchedulerLimits()) {
        self.limits = limits
        ready = ReadyQueue(levels: limits.priorityLevels)
        pool = ResourcePool(limits.pool)
    }

    /// Whether all jobs have ended.
    package var isIdle: Bool { jobs.isEmpty }

    /// Takes note of what happened.
    ///
    /// - Parameter now: The time since whenever; one before the last one counts as that.
    /// - Returns: What is to be done, in this order.
    package mutating func handle(_ event: SchedulerEvent, at now: Duration) -> [SchedulerAction] {
        self.now = max(self.now, now)
        isUnfinished = false
        fireTimers()
        note(event)
        admit()
        announceWake()
        defer { actions = [] }
        return actions
    }

    private mutating func note(_ event: SchedulerEvent) {
        switch event {
        case .submitted(let jobs): submit(jobs)
        case .keepsGoing(let batch): batches[batch, default: Batch()].keepsGoing = true
        case .began(let attempt), .stepStarted(let attempt, _), .stepEnded(let attempt, _), .heard(let attempt):
            noteProgress(event, attempt)
        case .waits(let attempt): giveWay(attempt)
        case .goesOn(let attempt): askForPlace(attempt)
        case .ended(let attempt, let end): noteEnd(attempt, end)
        case .batchFailed(let batch): failBatch(batch)
        case .cancelled(let job): cancel(job, .asked)
        case .allCancelled: cancelAll()
        case .timePassed: break
        }
    }

    private mutating func announceWake() {
        guard let next = isUnfinished ? now : timers.first.map({ max($0.time, now) }) else { return }
        if let wake, wake > now, wake <= next { return }
        wake = next
        actions.append(.wake(at: next))
    }
}

extension Scheduler {
    /// Notes how an attempt ended; one that nobody waits for any more is of no interest.
    mutating func noteEnd(_ attempt: AttemptID, _ end: AttemptEnd) {
        guard let job = jobs[attempt.job], job.isStarted, job.attempt == attempt.number else { return }
        release(attempt.job)
        switch (end, job.stop) {
        case (.succeeded, _): finish(attempt.job, .succeeded)
        case (_, .expired(let what)?): failed(attempt.job, .timeout, .timedOut(what))
        case (_, let cause?): finish(attempt.job, .cancelled(cause))
        case (.failed(let cause), nil): failed(attempt.job, cause, .failed(cause))
        case (.skipped, nil): finish(attempt.job, .skipped(nil))
        case (.stopped, nil): finish(attempt.job, .cancelled(.elsewhere))
        }
    }

    /// Lets a job be tried again where its policy has it, and end otherwise.
    private mutating func failed(_ id: JobID, _ cause: RetryPolicy.Cause?, _ ending: JobEnding) {
        guard let job = jobs[id], let cause, let retry = job.job.retry, retry.causes.contains(cause),
            job.attempt < retry.attempts
        else { return finish(id, ending) }
        let pause = retry.pause(after: job.attempt)
        actions.append(.retry(AttemptID(id, job.attempt + 1), cause, after: pause))
        guard pause > .zero else { return enqueue(id) }
        jobs[id]?.phase = .pausing(until: now + pause)
        timers.insert(Timer(time: now + pause, kind: .pause(job.current)))
    }

    /// Ends a job, and skips what needed another end of it.
    mutating func finish(_ id: JobID, _ ending: JobEnding) {
        let batch = jobs[id]?.job.batch
        finish([(id, ending)])
        if let batch, ending.failsBatch { failBatch(batch) }
    }

    /// Stops a job: at once where it isn't under way, else when its attempt has ended.
    mutating func cancel(_ id: JobID, _ cause: JobCancellation) {
        guard let job = jobs[id] else { return }
        guard job.isStarted else { return finish(id, .cancelled(cause)) }
        switch (job.stop, cause) {
        case (nil, _): break
        // It isn't to be tried again.
        case (.expired?, .asked), (.expired?, .batchFailed):
            jobs[id]?.stop = cause
            return
        default: return
        }
        jobs[id]?.stop = cause
        if job.phase == .resuming {
            jobs[id]?.phase = .waiting
            resuming.removeAll { $0 == id }
        }
        actions.append(.cancel(job.current, cause))
        if let grace = limits.cancelGrace { timers.insert(Timer(time: now + grace, kind: .grace(job.current))) }
    }

    private mutating func cancelAll() {
        let all = jobs.values.sorted { $0.order < $1.order }
        finish(all.filter { !$0.isStarted }.map { ($0.job.id, .cancelled(.asked)) })
        for job in all where job.isStarted { cancel(job.job.id, .asked) }
    }

    /// Stops what is left of a batch, except what begins in whatever way others end.
    private mutating func failBatch(_ name: Int) {
        guard let batch = batches[name], !batch.keepsGoing else { return }
        let members = batch.members.compactMap { jobs[$0] }.sorted { $0.order < $1.order }
        let victims = members.filter { !$0.isStarted && !($0.outlasts && $0.attempt == 0) }
        finish(victims.map { ($0.job.id, .cancelled(.batchFailed)) })
        for job in members where job.isStarted { cancel(job.job.id, .batchFailed) }
    }
}

extension JobEnding {
    /// Whether the others of a batch end with it.
    fileprivate var failsBatch: Bool {
        switch self {
        case .failed, .timedOut, .cancelled(.elsewhere): true
        case .succeeded, .skipped, .cancelled: false
        }
    }
}

extension RetryPolicy {
    /// The longest wait between two attempts, where the first isn't longer.
    private static let longestDelay = Duration.seconds(3600)

    /// How long it waits after an attempt, counted from 1: twice as long after each.
    func pause(after attempt: Int) -> Duration {
        min(delay * (1 << min(max(attempt, 1) - 1, 20)), max(delay, Self.longestDelay))
    }
}
