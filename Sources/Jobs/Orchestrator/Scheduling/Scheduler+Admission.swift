import CaissonBuildModel

extension Scheduler {
    /// So many jobs are looked at in one decision that can't begin; where there are more, time is told of at once.
    private static let looks = 64
    /// So many jobs that find too little of the machine are passed by others.
    private static let lookahead = 16

    private var hasPlace: Bool { limits.maxConcurrentBuilds.map { working < max($0, 1) } ?? true }

    /// Lets attempts go on and jobs begin, as far as there are places.
    mutating func admit() {
        guard resume() else { return }
        var aside: [JobID] = []
        var looks = 0
        while hasPlace, aside.count < Self.lookahead, let (id, isDue) = ready.next(at: now) {
            guard looks < Self.looks else {
                isUnfinished = true
                break
            }
            ready.remove(id)
            guard let job = jobs[id] else { continue }
            looks += 1
            if let gate = gates.closed(job.references + job.caches, at: now) {
                park(id, at: gate)
            } else if pool.lack(job.job.needs) == nil {
                looks -= 1
                start(id)
            } else {
                aside.append(id)
                if isDue { break }
            }
        }
        for id in aside { enqueue(id) }
    }

    /// Lets attempts go on that waited for another job.
    ///
    /// - Returns: Whether there is room for more; one that lacks room holds up all that hasn't begun.
    private mutating func resume() -> Bool {
        var place = 0
        while place < resuming.count {
            guard hasPlace else { return false }
            let id = resuming[place]
            guard let job = jobs[id] else {
                resuming.remove(at: place)
                continue
            }
            guard gates.closed(job.references, at: now) == nil else {
                place += 1
                continue
            }
            guard pool.lack(job.job.needs) == nil else { return false }
            resuming.remove(at: place)
            take(id)
            jobs[id]?.watch.goOn(at: now)
            arm(id)
            actions.append(.goOn(job.current))
        }
        return true
    }

    private mutating func start(_ id: JobID) {
        jobs[id]?.attempt += 1
        jobs[id]?.offered = nil
        jobs[id]?.stop = nil
        jobs[id]?.watch = AttemptWatch()
        started += 1
        take(id)
        guard let job = jobs[id] else { return }
        for cache in job.caches where limits.importSpacing > .zero {
            let time = now + limits.importSpacing
            gates.close(cache, until: time)
            timers.insert(Timer(time: time, kind: .gate(cache)))
        }
        actions.append(.start(job.current))
    }

    /// Takes a place, a part of the machine and the references.
    private mutating func take(_ id: JobID) {
        jobs[id]?.phase = .working
        guard let job = jobs[id] else { return }
        working += 1
        pool.take(job.job.needs)
        ready.begin(job.job.project)
        for gate in job.references { gates.take(gate, id) }
        actions.append(.allocated(job.current, job.job.needs))
    }

    private mutating func giveBack(_ job: TrackedJob) {
        working -= 1
        pool.giveBack(job.job.needs)
        ready.end(job.job.project)
        actions.append(.released(job.current, job.job.needs))
        for gate in job.references {
            gates.open(gate)
            offer(gate)
        }
    }

    /// Takes from an attempt that has ended what it has.
    mutating func release(_ id: JobID) {
        guard let job = jobs[id] else { return }
        started -= 1
        if job.phase == .working { giveBack(job) }
        if job.phase == .resuming { resuming.removeAll { $0 == id } }
        // So it is until it is known whether it is tried again.
        jobs[id]?.phase = .blocked
    }

    /// Takes its place from an attempt that waits for another job.
    mutating func giveWay(_ attempt: AttemptID) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, job.phase == .working else { return }
        jobs[attempt.job]?.phase = .waiting
        jobs[attempt.job]?.watch.pause(at: now)
        giveBack(job)
    }

    /// Lets an attempt that waited for another job wait for its place.
    mutating func askForPlace(_ attempt: AttemptID) {
        guard let job = jobs[attempt.job], job.attempt == attempt.number, job.phase == .waiting, job.stop == nil
        else { return }
        jobs[attempt.job]?.phase = .resuming
        resuming.append(attempt.job)
    }

    private mutating func park(_ id: JobID, at gate: StartGate) {
        guard let job = jobs[id], let due = job.due else { return }
        jobs[id]?.phase = .parked(gate)
        jobs[id]?.offered = nil
        gates.park(ReadyQueue.Entry(due: due, order: job.order, job: id), at: gate)
        if let other = job.offered, other != gate { offer(other) }
    }

    /// Lets the first of those that wait at a gate wait for its turn, where the gate is open.
    mutating func offer(_ gate: StartGate) {
        while let id = gates.next(gate, at: now) {
            guard jobs[id]?.phase == .parked(gate) else { continue }
            jobs[id]?.offered = gate
            return enqueue(id)
        }
    }
}
