import CaissonBuildModel
import CaissonText

/// The steps of the last build on an engine by where they stood, to find what took another's place.
struct MissPast: Sendable {
    /// The build's place among the earlier ones.
    let place: Int
    let dossier: BuildDossier
    let steps: [MissStep]
    /// The steps of each stage, by their places in it.
    private let stages: [String: [Int: Int]]
    private let digests: [String: Int]
    /// The steps of a place and a text, whatever their stage; two of them are as good as many.
    private let texts: [PlacedText: [Int]]
    let identities: Set<String>

    /// Takes a build; nil where it has no steps of a Dockerfile.
    init?(_ dossier: BuildDossier, at place: Int) {
        self.place = place
        self.dossier = dossier
        steps = dossier.steps.map { MissStep($0) }
        var stages: [String: [Int: Int]] = [:]
        var digests: [String: Int] = [:]
        var texts: [PlacedText: [Int]] = [:]
        for (index, step) in steps.enumerated() {
            guard let place = step.name.place else { continue }
            // Two steps of one place are a COPY --link and what puts its files on the others; the first told stays.
            if stages[step.name.stage]?[place] == nil { stages[step.name.stage, default: [:]][place] = index }
            let text = PlacedText(place: place, text: step.name.instruction)
            if texts[text]?.count ?? 0 < 2 { texts[text, default: []].append(index) }
            if step.record.endedWell, !step.record.digest.isEmpty { digests[step.record.digest] = index }
        }
        guard !stages.isEmpty else { return nil }
        self.stages = stages
        self.digests = digests
        self.texts = texts
        identities = Set(steps.map(\.identity))
    }

    /// Whether it had a stage of that name.
    func hasStage(_ name: String) -> Bool { stages[name] != nil }

    /// The step that is another one by name only: of the same digest, or of the same place and text in a stage that had
    /// another name; nil where there is none that ended well.
    func counterpart(of step: MissStep) -> Int? {
        if let same = digests[step.record.digest], steps[same].name.keyword == step.name.keyword { return same }
        guard !hasStage(step.name.stage), let place = step.name.place else { return nil }
        let candidates = texts[PlacedText(place: place, text: step.name.instruction)] ?? []
        guard candidates.count == 1, let index = candidates.first else { return nil }
        let other = steps[index]
        let isAlike = other.name.count == step.name.count && other.platforms == step.platforms
        return isAlike && other.record.endedWell ? index : nil
    }

    /// Whether a step of that definition ended well.
    func hasDigest(_ digest: String) -> Bool { digests[digest] != nil }

    /// The step that stood where a new one stands: of its stage and keyword, gone from the build, in its place or with
    /// the closest text nearby; nil where there is none.
    func predecessor(of step: MissStep, in identities: Set<String>) -> MissStep? {
        guard let place = step.name.place, let stage = stages[step.name.stage] else { return nil }
        let keyword = step.instruction.keyword
        func candidate(_ place: Int) -> MissStep? {
            guard let index = stage[place], !identities.contains(steps[index].identity) else { return nil }
            return steps[index].instruction.keyword == keyword ? steps[index] : nil
        }
        let (lowest, isUnder) = place.subtractingReportingOverflow(Self.reach)
        let (highest, isOver) = place.addingReportingOverflow(Self.reach)
        guard !isUnder, !isOver else { return nil }
        if let same = candidate(place) { return same }
        let text = step.name.instruction
        let near = (lowest...highest).compactMap(candidate).map { ($0, Self.likeness($0.name.instruction, text)) }
        return near.filter { $0.1 >= 0.5 }.max { $0.1 < $1.1 }?.0
    }

    private struct PlacedText: Hashable {
        var place: Int
        var text: String
    }

    /// So many places before and behind are looked at.
    private static let reach = 4

    /// The part of two texts that they begin and end with, 0 to 1; of long ones the first 1,024 bytes count.
    private static func likeness(_ one: String, _ other: String) -> Double {
        let (a, b) = (Array(one.utf8.prefix(1024)), Array(other.utf8.prefix(1024)))
        let shorter = min(a.count, b.count)
        var start = 0
        while start < shorter, a[start] == b[start] { start += 1 }
        var end = 0
        while end < shorter - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
        return Double(start + end) / Double(max(a.count, b.count, 1))
    }
}

extension MissStep {
    /// The platforms that its stage is built for and on, as its name tells them.
    var platforms: [String] {
        name.stage.pieces(at: " ").filter { $0.utf8.contains(UInt8(ascii: "/")) }
    }
}
