import CaissonBuildModel
import CaissonText

/// A step of the latest builds with what became of it in all builds.
struct AdviceStep {
    /// Its name taken apart.
    let name: StepName
    /// For each build that has it whether it ran, by the build's place.
    var runs: [Int: Bool] = [:]
    /// How long it took where it ran, in seconds.
    var seconds: [Double] = []

    /// How often it ran.
    var missed: Int { runs.values.count { $0 } }
    /// How many seconds it takes, as a median; 0 where it never ran.
    var usual: Double { RobustStatistics.median(seconds) }
    /// In which builds it ran.
    var missedBuilds: Set<Int> { Set(runs.lazy.filter(\.value).map(\.key)) }
    /// The instruction's words after the first one; long instructions are cut.
    var command: String { String(name.instruction.prefix(4096).drop { $0 != " " }.dropFirst()) }
}

/// The steps of a series of builds, as advice looks at them.
struct AdviceSteps {
    /// The steps of the last build that has any, in the order of their stages.
    private(set) var steps: [AdviceStep] = []
    /// How many builds have steps.
    private(set) var builds = 0

    /// More steps than that aren't looked at.
    private static let most = 500

    /// Gathers what dossiers tell of the steps of the last one that succeeded.
    init(_ dossiers: [BuildDossier]) {
        guard let last = dossiers.last(where: { $0.record.status == .succeeded && !$0.steps.isEmpty }) else { return }
        var places: [String: Int] = [:]
        for step in last.steps {
            let name = StepName(step.name)
            guard !name.isInternal, places[name.identity] == nil, steps.count < Self.most else { continue }
            places[name.identity] = steps.count
            steps.append(AdviceStep(name: name))
        }
        var known: [String: Int?] = [:]
        for (build, dossier) in dossiers.enumerated() where !dossier.steps.isEmpty {
            builds += 1
            for step in dossier.steps {
                let found = known[step.name] ?? places[StepName(step.name).identity]
                known[step.name] = .some(found)
                guard let found, step.error.isEmpty, step.isCached || step.duration != nil else { continue }
                steps[found].runs[build] = !step.isCached
                if !step.isCached, let time = step.duration { steps[found].seconds.append(time.boundedSeconds) }
            }
        }
        steps.sort { ($0.name.stage, $0.name.place ?? 0) < ($1.name.stage, $1.name.place ?? 0) }
    }

    /// The steps of each stage, in order.
    var stages: [ArraySlice<AdviceStep>] {
        var (stages, start) = ([ArraySlice<AdviceStep>](), 0)
        for index in steps.indices {
            guard index + 1 == steps.count || steps[index + 1].name.stage != steps[index].name.stage else { continue }
            stages.append(steps[start...index])
            start = index + 1
        }
        return stages
    }
}

/// Words of a command as advice looks for them.
enum CommandWords {
    /// The words of a command, those of a shell that stand without blanks between them, too.
    static func words(_ command: String) -> [String] {
        let separators = Set(" \t\n\r;&|()\"',[]".utf8)
        return command.utf8.prefix(4096).split { separators.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether words stand one after the other, options between them left out.
    static func contain(_ words: [String], _ wanted: [String]) -> Bool {
        // A program may be called by its path.
        let plain = words.filter { !$0.hasPrefix("-") }.map { String($0.split(separator: "/").last ?? "") }
        guard plain.count >= wanted.count, !wanted.isEmpty else { return false }
        return (0...(plain.count - wanted.count)).contains { plain[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}

extension Duration {
    /// A time of so many seconds, of bounded length.
    static func bounded(seconds: Double) -> Duration { .milliseconds(Int64(min(max(0, seconds), 1e9) * 1000)) }
}
