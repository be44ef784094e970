/// The jobs that could begin but for a place: which of them is next.
///
/// ```
/// is one due?   ─yes─▶ the one that is due first, whatever its level and project
///     └─no─▶ the highest level ─▶ the project of which the fewest jobs work ─▶ its job that is due first
/// ```
/// Of two projects of which as many work, it is the turn of the one that had its last turn earlier. All choices take
/// logarithmic time: what is out of date in a heap is dropped when it comes to the top, or when it is the greater part.
struct ReadyQueue: Sendable {
    /// A job and when it is due.
    struct Entry: Sendable, Comparable {
        var due: Duration
        /// The order in which jobs of one due time have their turns.
        var order: Int
        var job: JobID
        /// How urgent it is.
        var level = 0
        /// Tells entries of one job apart.
        var stamp = 0

        static func < (left: Entry, right: Entry) -> Bool {
            left.due == right.due ? left.order < right.order : left.due < right.due
        }
    }

    /// A project in a level.
    struct Place: Sendable, Hashable {
        var level: Int
        var project: String
    }

    private struct Rank: Sendable, Comparable {
        var share: Share
        var place: Place
        var stamp: Int

        static func < (left: Rank, right: Rank) -> Bool {
            let (one, other) = (left.share, right.share)
            return one.working == other.working
                ? (one.served, left.stamp) < (other.served, right.stamp) : one.working < other.working
        }
    }

    private struct Share: Sendable, Equatable {
        var working = 0
        var served = 0
    }

    private struct Line: Sendable {
        var heap = BinaryHeap<Entry>()
        var count = 0
        var rank = 0
    }

    private var live: [JobID: (place: Place, entry: Entry)] = [:]
    private var byDue = BinaryHeap<Entry>()
    private var lines: [Place: Line] = [:]
    private var ranks: [BinaryHeap<Rank>]
    private var shares: [String: Share] = [:]
    private var stamps = 0
    private var turns = 0

    init(levels: Int) {
        ranks = Array(repeating: BinaryHeap(), count: max(levels, 1))
    }

    var count: Int { live.count }

    mutating func insert(_ entry: Entry, at place: Place) {
        var entry = entry
        stamps += 1
        entry.stamp = stamps
        entry.level = place.level
        live[entry.job] = (place, entry)
        byDue.insert(entry)
        var line = lines.removeValue(forKey: place) ?? Line()
        line.heap.insert(entry)
        line.count += 1
        lines[place] = line
        if line.count == 1 { rank(place) }
    }

    mutating func remove(_ job: JobID) {
        guard let (place, _) = live.removeValue(forKey: job) else { return }
        let live = live
        if byDue.count > 64 + 2 * live.count { byDue.keep { live[$0.job]?.entry.stamp == $0.stamp } }
        guard var line = lines.removeValue(forKey: place) else { return }
        line.count -= 1
        guard line.count > 0 else { return }
        if line.heap.count > 64 + 2 * line.count { line.heap.keep { live[$0.job]?.entry.stamp == $0.stamp } }
        lines[place] = line
    }

    /// The job whose turn it is, and whether it is so because it is due.
    mutating func next(at now: Duration) -> (job: JobID, isDue: Bool)? {
        while let first = byDue.first, !isLive(first) { byDue.popFirst() }
        guard let first = byDue.first else { return nil }
        if first.due <= now { return (first.job, true) }
        for level in ranks.indices.reversed() {
            if let job = next(in: level) { return (job, false) }
        }
        return nil
    }

    private mutating func next(in level: Int) -> JobID? {
        while let rank = ranks[level].first {
            guard lines[rank.place]?.rank == rank.stamp else {
                ranks[level].popFirst()
                continue
            }
            while let entry = lines[rank.place]?.heap.first {
                if isLive(entry) { return entry.job }
                lines[rank.place]?.heap.popFirst()
            }
            ranks[level].popFirst()
        }
        return nil
    }

    private func isLive(_ entry: Entry) -> Bool { live[entry.job]?.entry.stamp == entry.stamp }

    /// Notes that a job of a project works now.
    mutating func begin(_ project: String) {
        turns += 1
        var share = shares[project] ?? Share()
        share.working += 1
        share.served = turns
        shares[project] = share
        rankAll(project)
    }

    /// Notes that a job of a project no longer works.
    mutating func end(_ project: String) {
        guard var share = shares[project] else { return }
        share.working -= 1
        shares[project] = share
        let isQueued = rankAll(project)
        if share.working <= 0, !isQueued { shares[project] = nil }
    }

    @discardableResult
    private mutating func rankAll(_ project: String) -> Bool {
        var isQueued = false
        for level in ranks.indices {
            let place = Place(level: level, project: project)
            guard lines[place] != nil else { continue }
            isQueued = true
            rank(place)
        }
        return isQueued
    }

    private mutating func rank(_ place: Place) {
        stamps += 1
        lines[place]?.rank = stamps
        ranks[place.level].insert(Rank(share: shares[place.project] ?? Share(), place: place, stamp: stamps))
        guard ranks[place.level].count > 64 + 2 * lines.count else { return }
        let lines = lines
        ranks[place.level].keep { lines[$0.place]?.rank == $0.stamp }
    }
}

extension ReadyQueue {
    /// How many have their turns before a job as things are, where only urgency and time count; 0 for one that isn't here.
    ///
    /// Takes linear time.
    func ahead(of job: JobID, at now: Duration) -> Int {
        guard let (_, own) = live[job] else { return 0 }
        return live.values.count { Self.comes($0.entry, before: own, at: now) }
    }

    /// All, in the order of their turns as things are, where only urgency and time count.
    func turns(at now: Duration) -> [JobID] {
        live.values.map(\.entry).sorted { Self.comes($0, before: $1, at: now) }.map(\.job)
    }

    private static func comes(_ one: Entry, before other: Entry, at now: Duration) -> Bool {
        if one.due <= now || other.due <= now { return one < other }
        return one.level == other.level ? one < other : one.level > other.level
    }
}
