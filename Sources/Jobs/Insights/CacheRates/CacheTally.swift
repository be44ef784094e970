import CaissonBuildModel
import CaissonText

/// What is counted of a step of a series.
struct CacheStepTally {
    var series: Int
    var identity: String
    var counts = CacheCounts()
    /// What it took when it ran.
    var runs = SpanSketch(exact: 64)
}

/// What is counted of a series.
struct CacheSeriesTally {
    var series: BuildSeries
    var builds = 0
    /// The places of its steps, by their identity.
    var steps: [String: Int] = [:]
    /// What steps are, by their names: most builds of a series have the same ones.
    var known: [String: CacheStepClass] = [:]

    /// Some names are of one build alone; so many are remembered at most.
    static let mostKnown = 512
}

/// What a step's name says.
enum CacheStepClass {
    /// It counts as the step at that place.
    case counted(Int)
    case leftOut(CacheableWork)
}

/// What is counted of an image.
struct CacheImageTally {
    var builds = 0
    var counts = CacheCounts()
    var lost: Int64 = 0
    /// Hits by the step's place.
    var hits: [Int: Int] = [:]

    mutating func add(_ place: Int, isHit: Bool, nanoseconds: Int64) {
        counts.add(isHit: isHit)
        if isHit { hits[place, default: 0] += 1 } else { lost = lost.clampedAdding(nanoseconds) }
    }
}

extension CacheCounts {
    mutating func add(isHit: Bool) {
        if isHit { hits &+= 1 } else { misses &+= 1 }
    }

    mutating func add(_ other: CacheCounts) {
        hits &+= other.hits
        misses &+= other.misses
    }
}

extension CacheTimes {
    /// Adds hits of a step whose median is known or not.
    mutating func add(hits: Int, median: Int64?) {
        guard hits > 0 else { return }
        guard let median else { return unknownHits &+= hits }
        let (time, isOver) = median.multipliedReportingOverflow(by: Int64(clamping: hits))
        saved += .nanoseconds(isOver ? .max : time)
    }
}
