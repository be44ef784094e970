import CaissonBuildModel

/// All quantities of a series of builds.
struct TrendTracks {
    /// The build's own.
    private(set) var duration = TrendTrack(.buildDuration)
    private(set) var hitRate = TrendTrack(.hitRate)
    private(set) var imageSize = TrendTrack(.imageSize)
    /// Those of the steps, in the order in which they first ran or were cached.
    private(set) var steps: [TrendTrack] = []

    /// The number of each name's identity, so that each name is taken apart once; nil for the engine's own steps.
    private var numbers: [String: Int?] = [:]
    private var identities: [String] = []
    /// For each identity, whether it counts in the hit rate, as in `CacheRates`.
    private var isCacheable: [Bool] = []
    private var numbersOfIdentities: [String: Int] = [:]
    /// For each identity, the places of its tracks by occurrence.
    private var places: [[Int]] = []
    /// For each identity, the build that it was last seen in and how often it was seen there.
    private var seen: [(build: Int, count: Int)] = []

    /// Reads what dossiers tell.
    init(_ dossiers: [BuildDossier]) {
        // Sizes of packed and unpacked layers can't be compared.
        let isPacked = dossiers.last { $0.record.statistics?.imageSize != nil }?.record.statistics?.isImageSizePacked
        for (build, dossier) in dossiers.enumerated() {
            add(dossier.record, build, isPacked)
            addSteps(of: dossier, build)
        }
    }

    private mutating func add(_ record: BuildRecord, _ build: Int, _ isPacked: Bool?) {
        guard record.status == .succeeded else { return }
        if let time = record.duration { duration.add(time.boundedSeconds, build: build) }
        guard let statistics = record.statistics, let size = statistics.imageSize, size > 0,
            statistics.isImageSizePacked == isPacked
        else { return }
        imageSize.add(Double(size), build: build)
    }

    private mutating func addSteps(of dossier: BuildDossier, _ build: Int) {
        var (count, hits) = (0, 0)
        for step in dossier.steps {
            guard let identity = number(of: step.name) else { continue }
            let isHit = step.isHit
            let time = step.reallyRan ? step.duration : nil
            guard isHit || time != nil else { continue }
            if isCacheable[identity] {
                count += 1
                if isHit { hits += 1 }
            }
            let track = track(identity, build)
            if let time {
                steps[track].add(time.boundedSeconds, build: build)
            } else {
                steps[track].addCached(build: build)
            }
        }
        // A build that failed ended early, which says nothing of its cache.
        guard dossier.record.status == .succeeded, count > 0 else { return }
        hitRate.add(Double(hits) / Double(count), build: build)
    }

    private mutating func number(of name: String) -> Int? {
        if let known = numbers[name] { return known }
        let parsed = StepName(name)
        guard !parsed.isInternal else {
            numbers[name] = .some(nil)
            return nil
        }
        let identity = parsed.identity
        let number = numbersOfIdentities[identity] ?? identities.count
        if number == identities.count {
            numbersOfIdentities[identity] = number
            identities.append(identity)
            isCacheable.append(CacheableWork(parsed) == .instruction)
            places.append([])
            seen.append((-1, 0))
        }
        numbers[name] = number
        return number
    }

    private mutating func track(_ identity: Int, _ build: Int) -> Int {
        let occurrence = seen[identity].build == build ? seen[identity].count : 0
        seen[identity] = (build, occurrence + 1)
        if occurrence == places[identity].count {
            places[identity].append(steps.count)
            steps.append(TrendTrack(.step(identities[identity], occurrence: occurrence + 1)))
        }
        return places[identity][occurrence]
    }
}

extension Duration {
    /// Its seconds as a number that can be reckoned with; none where it is negative.
    var boundedSeconds: Double {
        let (seconds, attoseconds) = components
        return min(max(0, Double(seconds) + Double(attoseconds) / 1e18), 1e12)
    }
}
