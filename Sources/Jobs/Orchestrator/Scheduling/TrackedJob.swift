import CaissonBuildModel

/// A job that hasn't ended, and what is known of it.
struct TrackedJob: Sendable {
    /// Where it is on its way.
    enum Phase: Sendable, Equatable {
        /// Others have to end first.
        case blocked
        /// It could begin but for a place.
        case queued
        /// It waits until a gate opens.
        case parked(StartGate)
        /// It waits before it is tried again.
        case pausing(until: Duration)
        /// An attempt works, and has its place.
        case working
        /// An attempt waits for another job, and has no place.
        case waiting
        /// An attempt could go on but for a place.
        case resuming
    }

    /// Another that waits for it.
    struct Use: Sendable {
        var job: JobID
        var isAlways: Bool
    }

    let job: ScheduledJob
    let order: Int
    let level: Int
    /// Whether it begins although another of its batch failed: it waits for an end of whatever kind, or for what does.
    let outlasts: Bool
    /// What lets it in, one job at a time.
    let references: [StartGate]
    let caches: [StartGate]
    var phase = Phase.blocked
    /// How many others have to end first.
    var open = 0
    var users: [Use] = []
    var attempt = 0
    /// When it has its turn before all that came later; nil before it could begin.
    var due: Duration?
    /// The gate that let it in and that it hasn't passed yet.
    var offered: StartGate?
    /// Why its attempt is to end.
    var stop: JobCancellation?
    var watch = AttemptWatch()

    /// Whether an attempt is under way.
    var isStarted: Bool {
        switch phase {
        case .blocked, .queued, .parked, .pausing: false
        case .working, .waiting, .resuming: true
        }
    }

    var current: AttemptID { AttemptID(job.id, attempt) }

    /// Takes a job that hasn't begun.
    init(_ job: ScheduledJob, order: Int, level: Int, outlasts: Bool) {
        self.job = job
        self.order = order
        self.level = level
        self.outlasts = outlasts
        references = job.pushes.sorted().map(StartGate.reference)
        caches = job.imports.sorted().map(StartGate.cache)
    }
}

/// The time of an attempt: what it took, without what it waited for others, and when it gave a sign of life.
struct AttemptWatch: Sendable {
    /// The time that counts, up to `since`.
    private var spent = Duration.zero
    /// When it went on last; nil before the engine has it, and while it waits.
    private var since: Duration?
    /// How much time counted when it gave a sign of life.
    private var heard = Duration.zero
    /// When steps started that haven't ended.
    private var steps: [String: Duration] = [:]
    /// When it is looked at next; nil where no timer is set.
    var look: Duration?

    /// So many steps are told apart at a time; the time of further ones isn't watched.
    private static let stepLimit = 10_000

    mutating func goOn(at now: Duration) {
        if since == nil { since = now }
    }

    mutating func pause(at now: Duration) {
        spent = spent(at: now)
        since = nil
    }

    mutating func hear(at now: Duration) { heard = spent(at: now) }

    mutating func startStep(_ name: String, at now: Duration) {
        if steps.count < Self.stepLimit { steps[name] = now }
    }

    mutating func endStep(_ name: String) { steps[name] = nil }

    private func spent(at now: Duration) -> Duration { spent + (since.map { now - $0 } ?? .zero) }

    /// What runs out first, and when; nil where nothing does.
    func expiry(of job: ScheduledJob, at now: Duration) -> (time: Duration, what: JobExpiry)? {
        guard since != nil else { return nil }
        let spent = spent(at: now)
        var first: (time: Duration, what: JobExpiry)?
        func consider(_ time: Duration, _ what: JobExpiry) {
            if first.map({ time < $0.time }) ?? true { first = (time, what) }
        }
        if let limit = job.timeout { consider(now + limit - spent, .build(limit)) }
        if let limit = job.silenceTimeout { consider(now + limit - (spent - heard), .silence(limit)) }
        if let limit = job.stepTimeout, let oldest = steps.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            consider(oldest.value + limit, .step(oldest.key, limit))
        }
        return first
    }
}

/// How jobs ended, as far back as others may ask: jobs that depend on them may come later.
struct EndedJobs: Sendable {
    private var kinds: [JobID: JobEnding.Kind] = [:]
    private var order: [JobID] = []
    private var oldest = 0

    /// So many are remembered.
    private static let limit = 10_000

    subscript(_ job: JobID) -> JobEnding.Kind? { kinds[job] }

    mutating func note(_ job: JobID, _ kind: JobEnding.Kind) {
        guard kinds.updateValue(kind, forKey: job) == nil else { return }
        guard order.count >= Self.limit else { return order.append(job) }
        kinds[order[oldest]] = nil
        order[oldest] = job
        oldest = (oldest + 1) % Self.limit
    }
}
