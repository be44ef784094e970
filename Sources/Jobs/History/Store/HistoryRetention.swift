import CaissonBuildModel
import CaissonText

/// How long builds are remembered: never less than until they end, and pinned ones for ever.
package struct HistoryRetention: Sendable, Hashable {
    /// How old they become; nil for any age.
    package var age: Duration?
    /// How many there are, the newest ones, besides pinned ones; nil for any number.
    package var count: Int?
    /// How many bytes they take, the newest ones, besides pinned ones; nil for any size.
    package var size: Int64?

    /// Keeps builds for ninety days.
    package init(age: Duration? = .seconds(90 * 86_400), count: Int? = nil, size: Int64? = nil) {
        self.age = age
        self.count = count
        self.size = size
    }
}

/// What was forgotten.
package struct HistoryCleaning: Sendable, Hashable {
    /// How many builds.
    package var builds = 0
    /// How many bytes they took.
    package var bytes: Int64 = 0
    /// How many logs were removed that no build had any more.
    package var strayLogs = 0
    /// Whether nothing is left to be forgotten; not where the time for it ran out.
    package var isWhole = true

    /// Nothing yet.
    package init() {}
}

/// Which builds are forgotten, decided of a few numbers of each.
///
/// A build's age is told by the time that it began, and clocks are set: one that began at a time that is still to come,
/// or before one that was remembered earlier, is taken to be as old as the youngest of those before it. So a clock that
/// is set back, or that begins in 1970, makes nothing old; and builds of a clock that went before make nothing young.
/// Which are the newest is told by the order in which they were remembered.
struct RetentionChoice: Sendable {
    /// What counts of a build.
    struct Candidate: Sendable, Hashable {
        /// Its place in the order in which builds were remembered.
        var key: Int64
        /// When it began, in nanoseconds.
        var time: Int64
        /// How many bytes it takes.
        var size: Int64
        /// Whether it is kept whatever else.
        var isPinned: Bool
    }

    private let retention: HistoryRetention
    private let now: Int64
    private var youngest: Int64?
    private var aged: [Candidate] = []
    private var rest: [Candidate] = []

    init(_ retention: HistoryRetention, now: Timestamp) {
        self.retention = retention
        self.now = now.storedNanoseconds
    }

    /// Takes the next build, in the order of the keys.
    mutating func add(_ candidate: Candidate) {
        if candidate.time <= now { youngest = max(youngest ?? candidate.time, candidate.time) }
        guard !candidate.isPinned else { return }
        if let age = retention.age, let youngest, Self.span(from: youngest, to: now) > age.storedNanoseconds {
            aged.append(candidate)
        } else {
            rest.append(candidate)
        }
    }

    /// The time between two times, the first of which isn't later.
    private static func span(from start: Int64, to end: Int64) -> Int64 {
        let (span, isOver) = end.subtractingReportingOverflow(start)
        return isOver ? .max : span
    }

    /// The builds to forget.
    var forgotten: [Candidate] {
        var kept = (count: 0, size: Int64(0))
        var isFull = false
        var excess: [Candidate] = []
        for candidate in rest.reversed() {
            kept.count += 1
            kept.size = kept.size.clampedAdding(max(candidate.size, 0))
            // Once one is too much, so are the older ones, however small they are.
            if kept.count > retention.count ?? .max || kept.size > retention.size ?? .max { isFull = true }
            if isFull { excess.append(candidate) }
        }
        return aged + excess.reversed()
    }
}
