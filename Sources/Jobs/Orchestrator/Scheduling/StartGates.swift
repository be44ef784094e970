/// What lets one job in at a time.
enum StartGate: Sendable, Hashable {
    /// A reference that is pushed: closed while a job that pushes it works.
    ///
    /// Which of two pushes of one tag comes last would be chance, and registries answer with conflicts.
    case reference(String)
    /// A cache that is imported: closed for a short time after a job has started that imports it.
    ///
    /// Each import begins with a burst of small requests, and services count those (BuildKit's `gha`, Docker Hub: 429).
    case cache(String)
}

/// The gates that are closed or waited at.
struct StartGates: Sendable {
    private struct Gate {
        var holder: JobID?
        var opens: Duration?
        var parked = BinaryHeap<ReadyQueue.Entry>()

        func isOpen(at now: Duration) -> Bool { holder == nil && opens.map { $0 <= now } ?? true }
    }

    private var gates: [StartGate: Gate] = [:]

    /// The first that doesn't let a job in.
    func closed(_ wanted: [StartGate], at now: Duration) -> StartGate? {
        wanted.first { gates[$0].map { !$0.isOpen(at: now) } ?? false }
    }

    /// Who holds a reference.
    func holder(_ gate: StartGate) -> JobID? { gates[gate]?.holder }

    /// When a cache may be imported again.
    func opening(_ gate: StartGate) -> Duration? { gates[gate]?.opens }

    /// Closes the reference behind a job.
    mutating func take(_ gate: StartGate, _ job: JobID) { gates[gate, default: Gate()].holder = job }

    /// Closes the cache until then.
    mutating func close(_ gate: StartGate, until time: Duration) { gates[gate, default: Gate()].opens = time }

    /// Opens the reference that a job held.
    mutating func open(_ gate: StartGate) { gates[gate]?.holder = nil }

    /// Lets a job wait there.
    mutating func park(_ entry: ReadyQueue.Entry, at gate: StartGate) {
        gates[gate, default: Gate()].parked.insert(entry)
    }

    /// The job that waits there and is due first, which no longer waits; nil where the gate is closed or nobody waits.
    ///
    /// Jobs that have ended meanwhile are among them.
    mutating func next(_ name: StartGate, at now: Duration) -> JobID? {
        guard gates[name]?.isOpen(at: now) == true else { return nil }
        let entry = gates[name]?.parked.popFirst()
        if gates[name]?.parked.isEmpty == true { gates[name] = nil }
        return entry?.job
    }
}
