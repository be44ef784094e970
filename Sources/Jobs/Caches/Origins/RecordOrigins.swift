package import CaissonBuildModel

/// The step that made a record.
package struct RecordOrigin: Sendable, Hashable {
    /// How sure it is.
    package enum Certainty: Sendable, Hashable {
        /// The step's name is the record's, it was running when the record was made, and no other such step was.
        case sure
        /// Names don't tell all, or several steps were running: this is the one that began last.
        case likely
    }

    /// The build.
    package let build: BuildID
    /// The build's series.
    package let series: String
    /// The step's name, as the engine has it.
    package let step: String
    /// How sure it is.
    package let certainty: Certainty
}

/// The builds that found a record in the cache after it was made, by the names of their steps: where several records
/// have one name, it is told of each.
package struct RecordUses: Sendable, Hashable {
    /// How many builds.
    package let count: Int
    /// The last of them, the latest first; at most `RecordOrigins.mostUses`.
    package let latest: [BuildID]

    /// No build.
    package static let none = RecordUses(count: 0, latest: [])
}

/// Which builds made and used the records of an engine's cache.
///
/// BuildKit tells no build of a record: it is found by the record's description, as `OriginKey` reads it, and by the
/// time at which it was made, which is within the run of its step; both are of the engine's clock. Where nothing is
/// known, nothing is told: what other clients built, what isn't remembered any more.
package struct RecordOrigins: Sendable {
    /// How many uses are told by name.
    package static let mostUses = 8
    /// How many steps with one name are looked at for a record.
    private static let mostLooks = 64

    /// Each record once.
    let records: [CacheRecord]
    /// The places of the records that have each key.
    let placesOfKey: [[Int]]
    let builds: [PastBuild]
    /// The keys of each build's steps that fit any: the step's place and the key's number.
    let stepKeys: [[(step: Int, key: Int)]]
    /// Whether all names were compared with all that has variables.
    let isComplete: Bool
    /// Whether each key has variables or another form that a name doesn't tell in whole.
    let isVague: [Bool]
    /// The places of records by id.
    let places: [String: Int]

    private let keyOfRecord: [Int?]
    private let runs: [[StepRun]]
    private let uses: [[StepUse]]

    /// Looks at records and builds.
    ///
    /// - Parameters:
    ///   - records: All records of one engine; of several with one id the first counts.
    ///   - engine: The engine's address; builds of others aren't looked at.
    ///   - builds: The builds that are remembered, in any order.
    package init(of records: [CacheRecord], engine: String, builds: [PastBuild]) {
        var places: [String: Int] = [:]
        var firsts: [CacheRecord] = []
        for record in records where places[record.id] == nil {
            places[record.id] = firsts.count
            firsts.append(record)
        }
        var slots = OriginSlots(firsts)
        self.builds = builds.filter { $0.engine == engine }
        var log = StepLog(keyCount: slots.keys.count)
        for (number, build) in self.builds.enumerated() { log.add(build, number: number, slots: &slots) }
        log.sort()
        self.records = firsts
        self.places = places
        keyOfRecord = slots.ofRecord
        isComplete = slots.isComplete
        isVague = slots.isVague
        stepKeys = log.stepKeys
        runs = log.runs
        uses = log.uses
        var ofKey = Array(repeating: [Int](), count: slots.keys.count)
        for (place, key) in slots.ofRecord.enumerated() { if let key { ofKey[key].append(place) } }
        placesOfKey = ofKey
    }

    /// The step that made a record; nil where that isn't known.
    package func origin(of id: String) -> RecordOrigin? {
        guard let place = places[id], let key = keyOfRecord[place] else { return nil }
        let time = records[place].created.clampedNanoseconds
        let runs = runs[key]
        let started = runs[..<runs.firstPlace { $0.start > time }]
        var (found, isOnly) = (StepRun?.none, true)
        for (looks, run) in started.reversed().enumerated() {
            // None of those before was running still.
            guard run.latestEnd >= time else { break }
            guard looks < Self.mostLooks else {
                isOnly = false
                break
            }
            guard run.end >= time else { continue }
            if found != nil { isOnly = false }
            found = found ?? run
        }
        guard let found else { return nil }
        let build = builds[found.build]
        return RecordOrigin(
            build: build.id,
            series: build.series,
            step: build.steps[found.step].name,
            certainty: isOnly && !isVague[key] ? .sure : .likely
        )
    }

    /// The builds that used a record after it was made.
    package func uses(of id: String) -> RecordUses {
        guard let place = places[id], let key = keyOfRecord[place] else { return .none }
        let time = records[place].created.clampedNanoseconds
        let later = uses[key][uses[key].firstPlace { $0.time >= time }...]
        return RecordUses(
            count: later.count,
            latest: later.suffix(Self.mostUses).reversed().map { builds[$0.build].id }
        )
    }
}
