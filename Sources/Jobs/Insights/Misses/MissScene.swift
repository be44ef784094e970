import CaissonBuildModel
import CaissonText

/// What the steps of a build are explained by, brought into an order in which each step can be found.
struct MissScene: Sendable {
    /// As many earlier builds are looked at.
    static let mostBuilds = 1000

    let build: BuildDossier
    let steps: [MissStep]
    /// The places of the steps by their numbers.
    let places: [Int: Int]
    /// The places of each step's inputs; nil for one that was never told.
    let inputs: [[Int?]]
    /// The places of the steps, inputs before what needs them, as far as they don't go round in circles.
    let order: [Int]
    let earlier: [BuildDossier]
    let builds: [BuildID: BuildDossier]
    let requests: [MissRequest]
    let request: MissRequest
    let engine: String?
    /// Whether each earlier build ran on the engine of this one; nil where that isn't known.
    let sameEngine: [Bool?]
    /// Removals from this engine before this build began.
    let removals: [CacheRemoval]
    /// What those removals say of steps.
    let forgotten: MissRemovals
    var index: MissIndex
    /// The arguments that differ from those of the earlier builds that steps are compared with.
    private(set) var differences: [Int: [MissRequest.Difference]] = [:]
    /// The last build on this engine that has steps of a Dockerfile.
    let past: MissPast?

    init(_ build: BuildDossier, earlier: [BuildDossier], removals: [CacheRemoval]) {
        let others = Array(earlier.lazy.filter { $0.record.id != build.record.id }.prefix(Self.mostBuilds))
        let engine = build.record.engineAddress
        let steps = build.steps.map { MissStep($0) }
        self.build = build
        self.steps = steps
        self.earlier = others
        self.engine = engine
        builds = Dictionary(others.map { ($0.record.id, $0) }) { first, _ in first }
        request = MissRequest(build.record.submission)
        requests = others.map { MissRequest($0.record.submission) }
        let places = Dictionary(build.steps.enumerated().map { ($1.number, $0) }) { first, _ in first }
        self.places = places
        inputs = build.steps.map { $0.inputs.map { places[$0] } }
        order = Self.order(of: inputs)
        sameEngine = others.map { other in
            guard let engine, let address = other.record.engineAddress else { return nil }
            return address == engine
        }
        let start = build.record.started ?? build.record.submission.time
        self.removals = removals.filter { $0.engine == engine && $0.time <= start }.sorted { $0.time > $1.time }
        index = MissIndex(steps, earlier: others, sameEngine: sameEngine)
        past = Self.past(others, sameEngine)
        forgotten = MissRemovals(self.removals)
        findRenamed()
        for build in Set(index.found.compactMap(\.reference?.build)).union(past.map { [$0.place] } ?? []) {
            differences[build] = request.differences(since: requests[build])
        }
    }

    /// The places with inputs first; what goes round in circles is cut somewhere.
    private static func order(of inputs: [[Int?]]) -> [Int] {
        var order: [Int] = []
        var isSeen = Array(repeating: false, count: inputs.count)
        for start in inputs.indices where !isSeen[start] {
            isSeen[start] = true
            var path: [(place: Int, next: Int)] = [(start, 0)]
            while let (place, next) = path.popLast() {
                guard next < inputs[place].count else {
                    order.append(place)
                    continue
                }
                path.append((place, next + 1))
                if let input = inputs[place][next], !isSeen[input] {
                    isSeen[input] = true
                    path.append((input, 0))
                }
            }
        }
        return order
    }

    private static func past(_ earlier: [BuildDossier], _ sameEngine: [Bool?]) -> MissPast? {
        for (place, dossier) in earlier.enumerated() where sameEngine[place] == true {
            if let past = MissPast(dossier, at: place) { return past }
        }
        return nil
    }

    /// Finds steps whose stage has another name now by their digest, or by their place and text.
    private mutating func findRenamed() {
        guard let past else { return }
        for (place, step) in steps.enumerated() where index.found[place].reference == nil {
            guard !step.name.isInternal, let found = past.counterpart(of: step) else { continue }
            index.set(MissIndex.Place(build: past.place, step: found), for: place)
        }
    }

    /// The step of an earlier build that a step is compared with.
    func reference(of place: Int) -> StepRecord? {
        guard let found = index.found[place].reference else { return nil }
        return earlier[found.build].steps[found.step]
    }

    /// The earlier build that a step is compared with.
    func referenceBuild(of place: Int) -> BuildDossier? { index.found[place].reference.map { earlier[$0.build] } }

    /// What that build was asked for.
    func referenceRequest(of place: Int) -> MissRequest? { index.found[place].reference.map { requests[$0.build] } }

    /// The digests of the inputs of the step that a step is compared with; nil where one isn't known.
    func referenceInputs(of place: Int) -> [String]? {
        guard let found = index.found[place].reference else { return nil }
        let steps = earlier[found.build].steps
        var digests: [String] = []
        for number in steps[found.step].inputs {
            // Steps are numbered from 1 without gaps; what isn't so is not known.
            guard number > 0, number <= steps.count, steps[number - 1].number == number else { return nil }
            digests.append(steps[number - 1].digest)
        }
        return digests
    }
}
