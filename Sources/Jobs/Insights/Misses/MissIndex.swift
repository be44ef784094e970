import CaissonBuildModel
import CaissonText

/// Where the steps of a build stand in earlier builds.
struct MissIndex: Sendable {
    /// A step of an earlier build.
    struct Place: Sendable, Hashable {
        /// The build's place among the earlier ones.
        var build: Int
        /// The step's place among that build's steps, from 0.
        var step: Int
    }

    /// What is known of a step.
    struct Found: Sendable {
        /// Where it last ended well on this engine.
        var reference: Place?
        /// The last build on this engine that had it without an end, after the one of `reference`.
        var failed: Int?
        /// Whether it had begun there.
        var hadBegun = false
        /// The last build on another engine in which it ended well.
        var elsewhere: Int?
    }

    /// What is known, by the place of the step.
    private(set) var found: [Found]

    /// The places of the steps of each identity, in order.
    private var places: [[Int]] = []
    private var ids: [String: Int] = [:]
    /// What is known of names as they stand in the history.
    private var known: [String: Known] = [:]

    /// A name: the id of its identity, nil where this build doesn't have it, and its place in its stage.
    private struct Known {
        var id: Int?
        var place: Int
    }

    /// Finds the steps; `sameEngine` tells for each earlier build whether it ran on the engine of this one, nil where
    /// that isn't known.
    init(_ steps: [MissStep], earlier: [BuildDossier], sameEngine: [Bool?]) {
        found = Array(repeating: Found(), count: steps.count)
        for (place, step) in steps.enumerated() {
            let id = ids[step.identity] ?? places.count
            if id == places.count {
                ids[step.identity] = id
                places.append([])
            }
            places[id].append(place)
            known[step.record.name] = Known(id: id, place: step.name.place ?? 0)
        }
        let records = steps.map(\.record)
        for id in places.indices where places[id].count > 1 {
            var own = places[id]
            sort(&own, of: records)
            places[id] = own
        }
        for (build, dossier) in earlier.enumerated() {
            guard build < sameEngine.count, let isSame = sameEngine[build] else { continue }
            search(dossier, at: build, onSameEngine: isSame)
        }
    }

    private mutating func search(_ dossier: BuildDossier, at build: Int, onSameEngine isSame: Bool) {
        var twins: [Int: [Int]] = [:]
        for (step, record) in dossier.steps.enumerated() {
            guard let id = known(record).id else { continue }
            if places[id].count > 1 {
                twins[id, default: []].append(step)
            } else if let place = places[id].first {
                note(dossier.steps[step], Place(build: build, step: step), for: place, isSame)
            }
        }
        for (id, unsorted) in twins {
            var own = unsorted
            sort(&own, of: dossier.steps)
            for (place, step) in zip(places[id], own) {
                note(dossier.steps[step], Place(build: build, step: step), for: place, isSame)
            }
        }
    }

    private mutating func note(_ record: StepRecord, _ here: Place, for place: Int, _ isSame: Bool) {
        if !isSame {
            if record.endedWell, found[place].elsewhere == nil { found[place].elsewhere = here.build }
        } else if found[place].reference == nil {
            if record.endedWell {
                found[place].reference = here
            } else if found[place].failed == nil {
                found[place].failed = here.build
                found[place].hadBegun = record.started != nil
            }
        }
    }

    /// Brings steps of one identity into the order of the Dockerfile: the engine tells steps in any order.
    private mutating func sort(_ own: inout [Int], of steps: [StepRecord]) {
        let keyed = own.map { (known(steps[$0]).place, steps[$0].inputs.count, $0) }
        own = keyed.sorted { $0 < $1 }.map(\.2)
    }

    /// What is known of a step's name; each is taken apart once.
    private mutating func known(_ record: StepRecord) -> Known {
        if let known = known[record.name] { return known }
        let step = MissStep(record)
        let new = Known(id: ids[step.identity], place: step.name.place ?? 0)
        known[record.name] = new
        return new
    }

    /// Sets where a step stands that was found otherwise.
    mutating func set(_ reference: Place, for step: Int) { found[step].reference = reference }
}
