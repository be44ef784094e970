import CaissonBuildModel

/// What some builds took of the records that have one key: the times of the steps that fit it, in nanoseconds since
/// 1970.
struct KeyTakings {
    /// The latest end of a step that was cached and has no times.
    private var untimedEnd: Int64?
    /// The latest end of a step that was cached.
    private var cachedEnd: Int64?
    /// The latest end of any step.
    private var anyEnd: Int64?
    /// All steps with times, once they are sorted in the order of their starts.
    private var spans: [(start: Int64, latestEnd: Int64)] = []

    /// Adds a step of a build; one that never began took nothing.
    mutating func add(_ step: PastStep, of build: PastBuild) {
        guard let run = step.run(in: build) else {
            // A cached step may have no times.
            guard step.isCached else { return }
            untimedEnd = max(untimedEnd ?? .min, build.ended?.clampedNanoseconds ?? .max)
            return
        }
        anyEnd = max(anyEnd ?? .min, run.end)
        if step.isCached { cachedEnd = max(cachedEnd ?? .min, run.end) }
        spans.append((run.start, run.end))
    }

    /// Brings the steps in order; none is added after.
    mutating func sort() {
        spans.sort { $0.start < $1.start }
        var latest = Int64.min
        for place in spans.indices {
            latest = max(latest, spans[place].latestEnd)
            spans[place].latestEnd = latest
        }
    }

    /// Whether one of the steps may have taken a record.
    func takes(_ record: CacheRecord) -> Bool {
        let created = record.created.clampedNanoseconds
        if let untimedEnd, created <= untimedEnd { return true }
        guard let anyEnd, created <= anyEnd else { return false }
        switch record.kind {
        case .localSource:
            return record.lastUsed.map { hasSpan(from: $0.clampedNanoseconds, reaching: created) } ?? true
        case .cacheMount: return true
        default:
            if let cachedEnd, created <= cachedEnd { return true }
            return hasSpan(from: created, reaching: created)
        }
    }

    /// Whether a step had begun at a time, and ended at the other one or later.
    private func hasSpan(from time: Int64, reaching end: Int64) -> Bool {
        let begun = spans[..<spans.firstPlace { $0.start > time }]
        return begun.last.map { $0.latestEnd >= end } ?? false
    }
}
