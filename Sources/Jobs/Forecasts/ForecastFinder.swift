import CaissonBuildModel
import CaissonDockerfile
import CaissonInsights

/// Compares the steps of a plan with those of all earlier builds.
struct ForecastFinder {
    let input: ForecastInput
    let file: Dockerfile
    let asked: ForecastAsked
    let plan: ForecastPlan
    /// The builds of the same engine, the newest first.
    let pasts: [ForecastPast]
    /// For each earlier build and each step: the steps there whose key is or may be the same.
    var near: [[[Int: ForecastRelation.Kind]]] = []
    var verdicts: [Verdict] = []
    /// For each step the first one that is the same.
    let twins: [Int]
    /// How the request makes each step run, and whether it makes it or what it needs run.
    let forcings: [ForecastForcing]
    let isAnew: [Bool]
    /// For each step those before it that may have its key.
    var within: [Set<Int>] = []
    /// The digests of base images by their whole names.
    let bases: [String: String]
    /// Since when the engine's store has them.
    let storedBases: [String: Timestamp]
    let builds: [BuildID: BuildDossier]
    let now: BuildDossier
    var contexts: [ContextKey: NetContextChanges?] = [:]
    var changeBudget = 2_000_000
    var pairBudget = 2_000_000

    struct ContextKey: Hashable {
        var name: String
        var build: BuildID
    }

    /// More builds than this aren't looked at.
    static let mostBuilds = 30

    init(_ input: ForecastInput) {
        self.input = input
        let file = Dockerfile(parsing: input.dockerfile)
        var asked = ForecastAsked(input.request)
        let compared = input.past.filter(\.isOfSameEngine).prefix(Self.mostBuilds)
        for past in compared {
            asked.hidden.formUnion(ForecastAsked(past.dossier.record.submission).hidden)
        }
        self.file = file
        self.asked = asked
        plan = ForecastPlanner.plan(file, asked)
        twins = plan.twins
        forcings = plan.forcings(input.request.noCache, file.stages, twins: twins)
        isAnew = plan.anew(forcings)
        let own = asked
        pasts = compared.map { ForecastPast($0, now: file, asked: own) }
        var builds: [BuildID: BuildDossier] = [:]
        for past in input.past { builds[past.dossier.record.id] = past.dossier }
        self.builds = builds
        bases = Self.byWholeName(input.bases)
        storedBases = Self.byWholeName(input.storedBases)
        var dossier = BuildDossier(BuildRecord(BuildSubmission(BuildID(), .build, at: Timestamp(seconds: 0))))
        dossier.contexts = input.contexts
        now = dossier
        near = pasts.map { _ in [] }
    }

    /// Compares one step with all steps of one earlier build, and tells the nearest one.
    mutating func relate(_ place: Int, to past: Int) -> ForecastRelation {
        let earlier = pasts[past]
        if let obstacle = earlier.obstacle {
            near[past].append([:])
            return .unclear(obstacle)
        }
        var found: [Int: ForecastRelation.Kind] = [:]
        var best = ForecastRelation.other(.instruction)
        var bestRank = -1
        let step = plan.steps[place]
        for (other, candidate) in earlier.plan.steps.enumerated() {
            guard candidate.keyword == step.keyword else { continue }
            pairBudget -= 1
            let ground = ground(of: place, candidate.parent, past)
            let isHere = candidate.stageName == step.stageName && candidate.place == step.place
            if ground == .other, !isHere { continue }
            let isSpent = pairBudget <= 0
            let relation = isSpent ? .unclear("there is too much to compare") : compare(place, other, past, ground)
            if relation.kind != .other { found[other] = relation.kind }
            let rank = relation.kind.rawValue * 4 + (ground == .same ? 2 : 0) + (isHere ? 1 : 0)
            if rank > bestRank { (best, bestRank) = (relation, rank) }
        }
        near[past].append(found)
        return best
    }

    private func ground(of place: Int, _ parent: Int?, _ past: Int) -> ForecastRelation.Kind {
        guard let own = plan.steps[place].parent else { return parent == nil ? .same : .other }
        guard let parent else { return .other }
        return near[past][own][parent] ?? .other
    }

    private mutating func compare(
        _ place: Int,
        _ other: Int,
        _ past: Int,
        _ ground: ForecastRelation.Kind
    ) -> ForecastRelation {
        let (step, earlier) = (plan.steps[place], pasts[past].plan.steps[other])
        var relation = step.relation(to: earlier)
        if step.keyword == .run, (asked.network ?? "default") != (pasts[past].asked.network ?? "default") {
            relation = relation.and(.other(.instruction))
        }
        if step.keyword == .from { relation = relation.and(baseRelation(place, other, past)) }
        if !pasts[past].hasText, relation.kind == .same, pasts[past].records[other] == nil {
            relation = .unclear("the Dockerfile of that time isn’t kept")
        }
        if step.sources.count == earlier.sources.count {
            for (own, theirs) in zip(step.sources, earlier.sources) where relation.kind != .other {
                relation = relation.and(sourceRelation(own, theirs, past))
            }
        } else {
            relation = relation.and(.unclear("it takes files from elsewhere"))
        }
        switch ground {
        case .same: return relation
        case .unclear: return relation.and(.unclear("a step below it can’t be known"))
        case .other:
            let isLinked = step.loose.contains { $0.hasPrefix("link=") && $0 != "link=false" }
            let below = isLinked ? ForecastRelation.unclear("it is linked, so that it may fit") : .other(.below)
            return relation.kind == .other ? relation : below
        }
    }

    private static func byWholeName<Value>(_ values: [String: Value]) -> [String: Value] {
        let pairs = values.map { name, value in ((try? ImageReference(parsing: name))?.description ?? name, value) }
        return Dictionary(pairs) { first, _ in first }
    }

    private func baseRelation(_ place: Int, _ other: Int, _ past: Int) -> ForecastRelation {
        let image = String(plan.steps[place].text.dropFirst("FROM ".count))
        if let since = storedBases[image] {
            let (id, time) = (pasts[past].digests[other], pasts[past].dossier.record.submission.time)
            if since > time { return .unclear("the engine has had this base image only since then") }
            // What has no digest came from the store, too.
            return id == nil ? .same : .unclear("the base image came from its registry then")
        }
        guard let now = digest(of: plan.steps[place]) else {
            return .unclear("the base image’s digest isn’t known")
        }
        guard let then = pasts[past].digests[other] else { return .unclear("the digest of that time isn’t known") }
        return now == then ? .same : .other(.base(image))
    }
}
