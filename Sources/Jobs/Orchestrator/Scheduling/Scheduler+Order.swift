import CaissonBuildModel

extension Scheduler {
    /// Takes jobs that come together.
    mutating func submit(_ list: [ScheduledJob]) {
        let order = Self.order(of: list)
        // Known before the first of them ends, as a batch is forgotten with its last job.
        for job in list {
            if let batch = job.batch { batches[batch, default: Batch()].coming += 1 }
        }
        for place in order { add(list[place], arrived + place) }
        for place in Set(list.indices).subtracting(order).sorted() { refuse(list[place].id, .circle) }
        arrived += list.count
        for batch in list.compactMap(\.batch) {
            batches[batch]?.coming -= 1
            forget(batch)
        }
    }

    /// Forgets a batch that has no jobs.
    private mutating func forget(_ batch: Int) {
        if let found = batches[batch], found.members.isEmpty, found.coming == 0 { batches[batch] = nil }
    }

    /// The places of jobs so that each comes after those that it depends on; without those that wait for themselves.
    private static func order(of list: [ScheduledJob]) -> [Int] {
        let places = Dictionary(list.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var open = list.map { job in job.dependencies.count { places[$0.job] != nil } }
        var users: [Int: [Int]] = [:]
        for (place, job) in list.enumerated() {
            for dependency in job.dependencies {
                if let other = places[dependency.job] { users[other, default: []].append(place) }
            }
        }
        var order = list.indices.filter { open[$0] == 0 }
        var next = 0
        while next < order.count {
            for user in users[order[next]] ?? [] {
                open[user] -= 1
                if open[user] == 0 { order.append(user) }
            }
            next += 1
        }
        return order
    }

    private mutating func add(_ job: ScheduledJob, _ order: Int) {
        if let refusal = refusal(of: job) { return refuse(job.id, refusal) }
        let outlasts = job.dependencies.contains { $0.condition == .always || jobs[$0.job]?.outlasts == true }
        let level = min(max(job.level, 0), max(limits.priorityLevels, 1) - 1)
        var tracked = TrackedJob(job, order: order, level: level, outlasts: outlasts)
        var cause: JobEnding.Cause?
        for dependency in job.dependencies {
            let isAlways = dependency.condition == .always
            if jobs[dependency.job] != nil {
                jobs[dependency.job]?.users.append(TrackedJob.Use(job: job.id, isAlways: isAlways))
                tracked.open += 1
            } else if let kind = endings[dependency.job], kind != .well, !isAlways {
                cause = JobEnding.Cause(job: dependency.job, kind: kind)
            }
        }
        jobs[job.id] = tracked
        if let batch = job.batch { batches[batch, default: Batch()].members.insert(job.id) }
        if let cause { return finish(job.id, .skipped(cause)) }
        if tracked.open == 0 { enqueue(job.id) }
    }

    private mutating func refusal(of job: ScheduledJob) -> JobRefusal? {
        if jobs[job.id] != nil || endings[job.id] != nil { return .known }
        if let size = limits.queueSize, jobs.count - started >= size {
            // Those that needn't wait make room before anybody is refused.
            admit()
            if jobs.count - started >= size { return .queueIsFull(size: size) }
        }
        if let excess = pool.excess(job.needs) { return .exceeds(excess) }
        let unknown = job.dependencies.first { jobs[$0.job] == nil && endings[$0.job] == nil }
        return unknown.map { .unknownDependency($0.job) }
    }

    private mutating func refuse(_ id: JobID, _ refusal: JobRefusal) {
        if refusal != .known { endings.note(id, .skipped) }
        actions.append(.refuse(id, refusal))
    }

    /// Lets a job wait for its turn.
    mutating func enqueue(_ id: JobID) {
        guard var job = jobs.removeValue(forKey: id) else { return }
        let due = job.due ?? now + limits.ageing * (max(limits.priorityLevels, 1) - job.level)
        job.due = due
        job.phase = .queued
        let place = ReadyQueue.Place(level: job.level, project: job.job.project)
        ready.insert(ReadyQueue.Entry(due: due, order: job.order, job: id), at: place)
        jobs[id] = job
    }

    /// Ends jobs, and skips what needed another end of them.
    mutating func finish(_ list: [(id: JobID, ending: JobEnding)]) {
        // All at first: one that ends here isn't skipped because of another.
        var ended = list.compactMap { id, ending in drop(id, ending).map { (id, ending.kind, $0) } }
        ended.reverse()
        while let (id, kind, users) = ended.popLast() {
            for use in users where !meets(use, kind) {
                let cause = JobEnding.Cause(job: id, kind: kind)
                if let users = drop(use.job, .skipped(cause)) { ended.append((use.job, .skipped, users)) }
            }
        }
    }

    /// Notes for a job that waits that one of those before it has ended; false where it can't begin any more.
    private mutating func meets(_ use: TrackedJob.Use, _ kind: JobEnding.Kind) -> Bool {
        guard let job = jobs[use.job], job.phase == .blocked else { return true }
        guard use.isAlways || kind == .well else { return false }
        jobs[use.job]?.open = job.open - 1
        if job.open <= 1 { enqueue(use.job) }
        return true
    }

    /// Forgets a job that has no attempt under way; returns who waits for it.
    private mutating func drop(_ id: JobID, _ ending: JobEnding) -> [TrackedJob.Use]? {
        guard let job = jobs.removeValue(forKey: id) else { return nil }
        if job.phase == .queued { ready.remove(id) }
        if let gate = job.offered { offer(gate) }
        endings.note(id, ending.kind)
        actions.append(.end(id, ending))
        guard let batch = job.job.batch else { return job.users }
        batches[batch]?.members.remove(id)
        forget(batch)
        return job.users
    }
}
