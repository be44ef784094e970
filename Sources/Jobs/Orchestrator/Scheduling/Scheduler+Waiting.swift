import CaissonBuildModel

/// Why a job hasn't begun, for people.
package struct JobWait: Sendable, Hashable {
    /// What it waits for.
    package enum Reason: Sendable, Hashable {
        /// Others that have to end, by their names.
        case others([String])
        /// One of so many places.
        case place(of: Int)
        /// More of the machine: `processors`, `memory` or `disk`.
        case machine(String)
        /// A reference that another pushes.
        case reference(String, pushedBy: String)
        /// A cache that another has just begun to import, for so long.
        case cache(String, Duration)
        /// The pause before it is tried again, for so long.
        case pause(Duration, attempt: Int)
        /// What was queued before it.
        case turn
    }

    /// What it waits for.
    package var reason: Reason
    /// How many jobs have their turn before it, as things are; what comes later may change that.
    package var ahead: Int
}

extension JobWait: CustomStringConvertible {
    /// Behind how many it waits, and why: `behind 3 others for one of 4 places`.
    package var description: String {
        let behind = ahead == 0 ? "" : ahead == 1 ? "behind another " : "behind \(ahead) others "
        return switch reason {
        case .others(let names): "for " + Self.list(names)
        case .place(1): "\(behind)for the only place"
        case .place(let count): "\(behind)for one of \(count) places"
        case .machine(let what): "\(behind)for \(what)"
        case .reference(let name, let job): "until \(job) has pushed \(name)"
        case .cache(let name, let time): "\(Timespan(time)), as another has just begun to import \(name)"
        case .pause(let time, let attempt): "\(Timespan(time)) before attempt \(attempt)"
        case .turn: behind.isEmpty ? "for its turn" : String(behind.dropLast())
        }
    }

    private static func list(_ names: [String]) -> String {
        guard names.count > 3 else { return names.joined(separator: ", ") }
        return names.prefix(2).joined(separator: ", ") + " and \(names.count - 2) others"
    }
}

extension Scheduler {
    /// Why a job hasn't begun; nil where it has, or isn't known.
    ///
    /// Takes linear time.
    package func wait(of id: JobID) -> JobWait? {
        guard let job = jobs[id], !job.isStarted else { return nil }
        return JobWait(reason: reason(of: job), ahead: ready.ahead(of: id, at: now))
    }

    /// Why jobs haven't begun: all that haven't.
    package func waits() -> [JobID: JobWait] {
        var waits: [JobID: JobWait] = [:]
        for (id, job) in jobs where !job.isStarted { waits[id] = JobWait(reason: reason(of: job), ahead: 0) }
        for (ahead, id) in ready.turns(at: now).enumerated() { waits[id]?.ahead = ahead }
        return waits
    }

    private func reason(of job: TrackedJob) -> JobWait.Reason {
        switch job.phase {
        case .blocked:
            .others(job.job.dependencies.compactMap { jobs[$0.job]?.job.name })
        case .parked(.reference(let name)):
            .reference(name, pushedBy: gates.holder(.reference(name)).flatMap { jobs[$0]?.job.name } ?? "another")
        case .parked(.cache(let name)):
            .cache(name, max((gates.opening(.cache(name)) ?? now) - now, .zero))
        case .pausing(let time): .pause(max(time - now, .zero), attempt: job.attempt + 1)
        case .queued, .working, .waiting, .resuming: scarcity(for: job)
        }
    }

    private func scarcity(for job: TrackedJob) -> JobWait.Reason {
        if let places = limits.maxConcurrentBuilds, working >= places { return .place(of: places) }
        return pool.lack(job.job.needs).map(JobWait.Reason.machine) ?? .turn
    }
}
