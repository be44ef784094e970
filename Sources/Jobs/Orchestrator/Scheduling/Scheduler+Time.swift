import CaissonBuildModel

extension Scheduler {
    /// Something that is due at a time, where it still matters then.
    struct Timer: Sendable, Comparable {
        enum Kind: Sendable {
            /// A job may be tried again.
            case pause(AttemptID)
            /// An attempt's time may have run out.
            case watch(AttemptID)
            /// An attempt that is stopped should have ended.
            case grace(AttemptID)
            /// A gate opens.
            case gate(StartGate)
        }

        var time: Duration
        var kind: Kind

        static func < (left: Timer, right: Timer) -> Bool { left.time < right.time }
        static func == (left: Timer, right: Timer) -> Bool { left.time == right.time }
    }

    /// Does what has become due.
    mutating func fireTimers() {
        while let timer = timers.first, timer.time <= now {
            timers.popFirst()
            switch timer.kind {
            case .pause(let attempt): endPause(attempt)
            case .watch(let attempt): look(at: attempt, timer.time)
            case .grace(let attempt): giveUp(attempt)
            case .gate(let gate): offer(gate)
            }
        }
    }

    private mutating func endPause(_ attempt: AttemptID) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, case .pausing = job.phase else { return }
        enqueue(attempt.job)
    }

    /// Stops an attempt whose time has run out, and looks again later where it hasn't.
    private mutating func look(at attempt: AttemptID, _ time: Duration) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, job.watch.look == time else { return }
        jobs[attempt.job]?.watch.look = nil
        guard job.isStarted, job.stop == nil, let (time, what) = job.watch.expiry(of: job.job, at: now)
        else { return }
        if time <= now { return cancel(attempt.job, .expired(what)) }
        arm(attempt.job)
    }

    /// No longer waits for an attempt that doesn't end.
    private mutating func giveUp(_ attempt: AttemptID) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, job.isStarted, job.stop != nil
        else { return }
        actions.append(.abandon(attempt))
        noteEnd(attempt, .stopped)
    }

    /// Sets a timer for what runs out first, where none is set that is earlier: it would set the next one.
    mutating func arm(_ id: JobID) {
        guard let job = jobs[id], let (time, _) = job.watch.expiry(of: job.job, at: now) else { return }
        if let look = job.watch.look, look <= time { return }
        jobs[id]?.watch.look = time
        timers.insert(Timer(time: time, kind: .watch(job.current)))
    }

    /// Notes what an attempt does.
    mutating func noteProgress(_ event: SchedulerEvent, _ attempt: AttemptID) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, job.isStarted else { return }
        let id = attempt.job
        switch event {
        case .began where job.phase == .working: jobs[id]?.watch.goOn(at: now)
        case .stepStarted(_, let name): jobs[id]?.watch.startStep(name, at: now)
        case .stepEnded(_, let name): jobs[id]?.watch.endStep(name)
        default: break
        }
        jobs[id]?.watch.hear(at: now)
        arm(id)
    }
}
