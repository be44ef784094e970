package import CaissonBuildModel
import CaissonText

/// Counts how the build cache was used over many builds, which are added one by one.
///
///     var rates = CacheRates()
///     for dossier in history { rates.add(dossier) }
///     rates.report
///
/// What is kept grows with the different steps, not with the builds. Steps are told apart by series and identity: `RUN
/// make` of another project is another step.
package struct CacheRates: Sendable {
    /// How many images are told apart; tags are cut off, so that there are more only where builds make names up.
    package static let mostImages = 1000
    /// How many days are told apart, the last ones; some eleven years.
    package static let mostDays = 4000

    /// The rate that is wanted, from 0 to 1.
    package let target: Double

    var builds = 0
    var whollyCachedBuilds = 0
    var leftOut: [CacheableWork: Int] = [:]
    var withoutEnd = 0
    var counts = CacheCounts()
    var buildSpans = SpanSketch(exact: 4096)
    var missSpans = SpanSketch(exact: 4096)
    var steps: [CacheStepTally] = []
    var series: [CacheSeriesTally] = []
    var images: [CacheImageTally] = []
    var imageNames: [String] = []
    var buildsOfFurtherImages = 0
    /// By the number of days since 1970.
    var days: [Int64: CacheReport.Period] = [:]
    private var seriesPlaces: [BuildSeries: Int] = [:]
    private var imagePlaces: [String: Int] = [:]

    /// Begins without builds.
    ///
    /// - Parameter target: The rate that is wanted; what isn't from 0 to 1 is brought to the nearer of them.
    package init(target: Double = 0.8) {
        self.target = target.isNaN ? 0.8 : min(max(target, 0), 1)
    }

    /// Counts a build; one that hasn't ended or never began is passed over.
    ///
    /// Of one that failed the steps count that ended well; those that failed or were broken off are neither hits nor
    /// misses.
    package mutating func add(_ dossier: BuildDossier) {
        let record = dossier.record
        guard record.status.isFinal, record.started != nil || dossier.steps.contains(where: { $0.started != nil })
        else { return }
        builds += 1
        if let duration = record.duration { buildSpans.add(duration.sketchedNanoseconds) }
        let place = placeOfSeries(BuildSeries(record.submission))
        series[place].builds += 1
        let made = placesOfImages(record.submission.images)
        var own = CacheCounts()
        var isWhole = record.status == .succeeded
        for step in dossier.steps {
            switch count(step, of: place, for: made) {
            case nil: isWhole = false
            case .some(.none): break
            case .some(.some(let isHit)): own.add(isHit: isHit)
            }
        }
        counts.add(own)
        if isWhole, own.hits > 0, own.misses == 0 { whollyCachedBuilds += 1 }
        note(own, on: record.ended ?? record.started ?? record.submission.time)
    }

    /// Counts a step: whether it is a hit, `.some(nil)` for one that doesn't count, nil for one without an end.
    private mutating func count(_ step: StepRecord, of series: Int, for made: [Int]) -> Bool?? {
        let place: Int
        switch stepClass(step.name, of: series) {
        case .leftOut(let work):
            leftOut[work, default: 0] += 1
            return .some(nil)
        case .counted(let known): place = known
        }
        let isHit = step.isHit
        guard isHit || step.reallyRan else {
            withoutEnd += 1
            return nil
        }
        let nanoseconds = isHit ? 0 : (step.duration ?? .zero).inWholeNanoseconds.sketchedNanoseconds
        steps[place].counts.add(isHit: isHit)
        if !isHit {
            steps[place].runs.add(nanoseconds)
            missSpans.add(nanoseconds)
        }
        for image in made { images[image].add(place, isHit: isHit, nanoseconds: nanoseconds) }
        return .some(isHit)
    }

    private mutating func stepClass(_ text: String, of place: Int) -> CacheStepClass {
        if let known = series[place].known[text] { return known }
        let name = StepName(text)
        let work = CacheableWork(name)
        let found: CacheStepClass
        if work != .instruction {
            found = .leftOut(work)
        } else if let known = series[place].steps[name.identity] {
            found = .counted(known)
        } else {
            found = .counted(steps.count)
            series[place].steps[name.identity] = steps.count
            steps.append(CacheStepTally(series: place, identity: name.identity))
        }
        if series[place].known.count >= CacheSeriesTally.mostKnown { series[place].known = [:] }
        series[place].known[text] = found
        return found
    }

    private mutating func placeOfSeries(_ key: BuildSeries) -> Int {
        if let place = seriesPlaces[key] { return place }
        seriesPlaces[key] = series.count
        series.append(CacheSeriesTally(series: key))
        return series.count - 1
    }

    /// The places of the images that a build was to make, each once.
    private mutating func placesOfImages(_ names: [String]) -> [Int] {
        var places: Set<Int> = []
        var hasFurther = false
        for name in names {
            let bare = Self.withoutTag(name)
            if let place = imagePlaces[bare] {
                places.insert(place)
            } else if images.count < Self.mostImages {
                imagePlaces[bare] = images.count
                places.insert(images.count)
                images.append(CacheImageTally())
                imageNames.append(bare)
            } else {
                hasFurther = true
            }
        }
        if hasFurther { buildsOfFurtherImages += 1 }
        for place in places { images[place].builds += 1 }
        return Array(places)
    }

    /// The familiar name without a tag; what is no name of an image is taken as it is.
    private static func withoutTag(_ name: String) -> String {
        guard let image = try? ImageReference(parsing: name) else { return name }
        return ImageReference(domain: image.domain, path: image.path).familiar
    }

    private mutating func note(_ counts: CacheCounts, on time: Timestamp) {
        let day = CachePeriods.day(of: time)
        days[day, default: CachePeriods.period(ofDay: day)].builds += 1
        days[day]?.counts.add(counts)
        // Twice as many for a while, so that the oldest are looked for seldom.
        guard days.count >= 2 * Self.mostDays else { return }
        for old in days.keys.sorted().dropLast(Self.mostDays) { days[old] = nil }
    }
}
