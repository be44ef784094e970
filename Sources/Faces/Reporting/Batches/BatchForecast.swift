import CaissonBuildModel

/// How much of a batch is done, and how long the rest takes.
struct BatchForecast {
    /// The share that a running build has at most: it isn't done before it says so.
    private static let mostOfRunning = 0.97
    /// Of a build that takes longer than expected, this share of what it took is expected to follow.
    private static let shareOfLate = 0.1

    private let builds: [BoardBuild]
    private let jobs: Int
    private let now: Timestamp
    /// What is expected of a build of which nothing is known, in seconds; nil where nothing is known of any.
    private let usual: Double?

    init(_ builds: [BoardBuild], jobs: Int, now: Timestamp) {
        self.builds = builds
        self.jobs = max(jobs, 1)
        self.now = now
        let known = builds.compactMap { $0.estimate?.inSeconds }.filter { $0 > 0 }
        let taken = builds.filter { $0.status == .succeeded }.compactMap(\.seconds)
        let basis = known.isEmpty ? taken : known
        usual = basis.isEmpty ? nil : basis.reduce(0, +) / Double(basis.count)
    }

    /// How much is done, from 0 to 1.
    var share: Double {
        let isEstimated = builds.contains { $0.estimate != nil }
        var (done, all) = (0.0, 0.0)
        for build in builds {
            let weight = isEstimated ? max(expected(build) ?? 1, 0.001) : 1
            all += weight
            done += weight * share(of: build)
        }
        guard all > 0 else { return 0 }
        return min(max(done / all, 0), 1)
    }

    /// How long the rest takes, if none of the builds has to wait for another; nil where nobody knows.
    ///
    /// The builds that take longest are thought to begin first, each where a place becomes free first.
    var timeLeft: Duration? {
        let open = builds.filter { !$0.status.isFinal }
        guard !open.isEmpty else { return .zero }
        guard usual != nil else { return nil }
        let running = open.filter { $0.status == .running }.map(left)
        let waiting = open.filter { $0.status != .running }.map(left).sorted(by: >)
        let places = max(1, min(jobs, open.count))
        var queue = PlaceQueue(running + Array(repeating: 0, count: max(0, places - running.count)))
        for seconds in waiting { queue.add(seconds) }
        return .seconds(min(queue.longest, 1e9))
    }

    private func share(of build: BoardBuild) -> Double {
        if build.status.isFinal { return 1 }
        guard build.status == .running else { return 0 }
        if let estimate = build.estimate?.inSeconds, estimate > 0 {
            return min(elapsed(build) / estimate, Self.mostOfRunning)
        }
        guard let counts = build.model?.counts, counts.total > 0 else { return 0 }
        return min(Double(counts.done) / Double(counts.total), Self.mostOfRunning)
    }

    private func expected(_ build: BoardBuild) -> Double? {
        if let estimate = build.estimate?.inSeconds, estimate > 0 { return min(estimate, 1e9) }
        return usual.map { min($0, 1e9) }
    }

    private func left(_ build: BoardBuild) -> Double {
        let expected = expected(build) ?? 0
        guard build.status == .running else { return expected }
        let elapsed = elapsed(build)
        return max(expected - elapsed, elapsed * Self.shareOfLate)
    }

    private func elapsed(_ build: BoardBuild) -> Double {
        let seconds = build.started.map { now.seconds(since: $0) } ?? 0
        return seconds.isNaN ? 0 : min(max(seconds, 0), 1e9)
    }
}

/// The times at which places become free: a heap, so that ten thousand builds can be given places for each frame.
private struct PlaceQueue {
    private var times: [Double]
    private(set) var longest: Double

    init(_ times: [Double]) {
        // A sorted list is a heap.
        self.times = times.sorted()
        longest = times.max() ?? 0
    }

    /// Gives the place that becomes free first to a build.
    mutating func add(_ seconds: Double) {
        guard let first = times.first else { return }
        let end = first + seconds
        longest = max(longest, end)
        var hole = 0
        while case let left = 2 * hole + 1, left < times.count {
            let right = left + 1
            let child = right < times.count && times[right] < times[left] ? right : left
            guard times[child] < end else { break }
            times[hole] = times[child]
            hole = child
        }
        times[hole] = end
    }
}
