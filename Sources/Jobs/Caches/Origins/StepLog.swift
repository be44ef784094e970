import CaissonBuildModel

/// When a step ran that wasn't cached, in nanoseconds since 1970.
struct StepRun {
    var start: Int64
    var end: Int64
    /// The latest end of this and all that started before it.
    var latestEnd: Int64
    var build: Int
    var step: Int
}

/// When a build found a step in the cache, in nanoseconds since 1970.
struct StepUse {
    var time: Int64
    var build: Int
}

/// The steps of all builds by the keys that they fit.
struct StepLog {
    /// By key, in the order in which they started.
    private(set) var runs: [[StepRun]]
    /// By key, in the order of time; each build once.
    private(set) var uses: [[StepUse]]
    /// By build.
    private(set) var stepKeys: [[(step: Int, key: Int)]] = []

    init(keyCount: Int) {
        runs = Array(repeating: [], count: keyCount)
        uses = Array(repeating: [], count: keyCount)
    }

    /// Adds a build's steps.
    mutating func add(_ build: PastBuild, number: Int, slots: inout OriginSlots) {
        var keys: [(step: Int, key: Int)] = []
        for (place, step) in build.steps.enumerated() {
            for key in slots.fitting(step.name) {
                keys.append((place, key))
                add(step, of: build, at: (number, place), key: key)
            }
        }
        stepKeys.append(keys)
    }

    /// Brings all in order; nothing is added after.
    mutating func sort() {
        for key in runs.indices {
            runs[key].sort { ($0.start, $0.build, $0.step) < ($1.start, $1.build, $1.step) }
            var latest = Int64.min
            for place in runs[key].indices {
                latest = max(latest, runs[key][place].end)
                runs[key][place].latestEnd = latest
            }
            uses[key].sort { ($0.time, $0.build) < ($1.time, $1.build) }
        }
    }

    private mutating func add(_ step: PastStep, of build: PastBuild, at place: (build: Int, step: Int), key: Int) {
        if step.isCached {
            guard let time = step.started ?? step.ended ?? build.started, uses[key].last?.build != place.build else {
                return
            }
            uses[key].append(StepUse(time: time.clampedNanoseconds, build: place.build))
        } else if let run = step.run(in: build) {
            runs[key].append(
                StepRun(start: run.start, end: run.end, latestEnd: run.end, build: place.build, step: place.step)
            )
        }
    }
}

extension PastStep {
    /// When it ran; nil where it never started.
    ///
    /// What was broken off ended with its build.
    func run(in build: PastBuild) -> (start: Int64, end: Int64)? {
        guard let start = started?.clampedNanoseconds else { return nil }
        return (start, (ended ?? build.ended)?.clampedNanoseconds ?? .max)
    }
}

extension Array {
    /// The first place of those for which something holds, which are the last ones; the count where it holds for none.
    func firstPlace(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
