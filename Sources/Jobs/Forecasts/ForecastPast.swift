import CaissonBuildModel
import CaissonDockerfile
import CaissonInsights

/// An earlier build with the plan that it followed.
struct ForecastPast: Sendable {
    let dossier: BuildDossier
    let asked: ForecastAsked
    let plan: ForecastPlan
    /// The record of each step of the plan; nil where none fits.
    let records: [StepRecord?]
    /// The digest of the base image that each step stands for.
    let digests: [String?]
    /// Whether the plan is made from the Dockerfile of that time.
    let hasText: Bool
    /// Why nothing of it can be compared; nil where it can.
    var obstacle: String?

    var id: BuildID { dossier.record.id }

    /// Takes a build; without the text of its Dockerfile the one of now stands for it where the names fit.
    init(_ past: ForecastInput.Past, now: Dockerfile, asked current: ForecastAsked) {
        dossier = past.dossier
        var asked = ForecastAsked(past.dossier.record.submission)
        asked.hidden.formUnion(current.hidden)
        self.asked = asked
        hasText = past.dockerfile != nil
        let file = past.dockerfile.map { Dockerfile(parsing: $0) } ?? now
        plan = ForecastPlanner.plan(file, asked)
        var byPlace: [String: StepRecord] = [:]
        var names: [String: StepName] = [:]
        for step in past.dossier.steps {
            let name = StepName(step.name)
            // `LINK COPY` puts the files of the step before it, which has the same place, on what is there.
            guard let place = name.place, let count = name.count, name.keyword != "LINK" else { continue }
            let key = Self.key(name.stage, place, count)
            byPlace[key] = step
            names[key] = name
        }
        var (records, digests): ([StepRecord?], [String?]) = ([], [])
        for step in plan.steps {
            let stage = [step.platform, step.stageName].filter { !$0.isEmpty }.joined(separator: " ")
            let key = Self.key(stage, step.place, step.count)
            let fits = names[key].map { $0.keyword == step.keyword.rawValue } ?? false
            let isSame = hasText || names[key]?.instruction == step.text
            records.append(fits && isSame ? byPlace[key] : nil)
            digests.append(Self.pinned(step.text) ?? (fits ? names[key]?.baseDigest : nil))
        }
        // What several stages have in common is told once, under the name of one of them.
        let twins = plan.twins
        for place in plan.steps.indices where records[place] == nil {
            let other = plan.steps.indices.first { twins[$0] == twins[place] && records[$0] != nil }
            guard let other else { continue }
            (records[place], digests[place]) = (records[other], digests[place] ?? digests[other])
        }
        (self.records, self.digests) = (records, digests)
        obstacle = current.obstacle(with: asked) ?? plan.problem
        let syntax = (file.directive("syntax")?.value, now.directive("syntax")?.value)
        if syntax.0 != syntax.1 { obstacle = "it is read by another frontend" }
    }

    private static func key(_ stage: String, _ place: Int, _ count: Int) -> String { "\(place)/\(count) \(stage)" }

    /// The digest that a base image is named with.
    static func pinned(_ text: String) -> String? {
        guard text.hasPrefix("FROM ") else { return nil }
        let parts = text.split(separator: "@", maxSplits: 1)
        return parts.count == 2 && parts[1].hasPrefix("sha256:") ? String(parts[1]) : nil
    }
}
