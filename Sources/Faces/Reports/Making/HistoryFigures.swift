import CaissonBuildModel
import CaissonInsights

/// What is counted over all builds of a report, in one pass.
struct HistoryFigures {
    /// More different names than that aren't kept in mind, as their number is up to peers.
    private static let mostNames = 50_000

    /// The builds over time.
    private(set) var points: [ReportPoint] = []
    /// The use of the cache.
    private(set) var rates = CacheRates()
    /// How many builds there are of each status.
    private(set) var counts: [BuildStatus: Int] = [:]
    /// What builds took together that ended and whose span is known, in seconds.
    private(set) var running = 0.0
    /// What steps took in these builds by what they are, in seconds.
    private(set) var work: [CacheableWork: Double] = [:]
    private var kinds: [String: CacheableWork] = [:]

    /// Counts builds; their series give the names of points.
    init(_ dossiers: [BuildDossier], _ groups: BuildGroups) {
        points.reserveCapacity(dossiers.count)
        for (dossier, group) in zip(dossiers, groups.groupOfBuild) {
            rates.add(dossier)
            add(dossier, groups.areMany ? groups.groups[group].name : nil)
        }
    }

    /// The figures at the head of the page.
    func totals(_ cache: CacheReport) -> ReportTotals {
        var totals = ReportTotals(counts: counts)
        totals.median = cache.buildSpans?.p50.seconds
        totals.p95 = cache.buildSpans?.p95.seconds
        totals.hitRate = cache.counts.rate
        totals.targetRate = cache.target
        totals.timeSaved = cache.counts.hits > 0 ? cache.times.saved.seconds : nil
        return totals
    }

    private mutating func add(_ dossier: BuildDossier, _ series: String?) {
        let record = dossier.record
        counts[record.status, default: 0] += 1
        let ended = record.duration?.seconds
        running += ended ?? 0
        var cache = CacheCounts()
        for step in dossier.steps {
            let kind = kind(step.name)
            if ended != nil, !step.isCached, let time = step.duration { work[kind, default: 0] += time.seconds }
            guard kind == .instruction else { continue }
            if step.isHit {
                cache.hits += 1
            } else if step.reallyRan {
                cache.misses += 1
            }
        }
        let time = record.started ?? record.submission.time
        var point = ReportPoint(id: record.id.description, time: time, duration: ended, status: record.status)
        // A build that broke off says nothing of the steps that it didn't come to.
        point.hitRate = record.status == .succeeded ? cache.rate : nil
        point.series = series
        points.append(point)
    }

    private mutating func kind(_ name: String) -> CacheableWork {
        if let known = kinds[name] { return known }
        if kinds.count >= Self.mostNames { kinds = [:] }
        let kind = CacheableWork(StepName(name))
        kinds[name] = kind
        return kind
    }
}
