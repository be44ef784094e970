package import CaissonDockerfile
package import CaissonIgnoreFile
import CaissonShell

/// What is known about a file before the rules look at it: its steps, the commands of each RUN, its stages.
package struct Facts: Sendable {
    /// The file.
    package let file: Dockerfile
    /// What the rules know from the configuration and the surroundings.
    package let settings: RuleSettings
    /// All instructions; those after ONBUILD come right behind it.
    package private(set) var steps: [Step] = []
    /// The RUN instructions among the steps, with their commands.
    package private(set) var runs: [Run] = []
    /// The stages; where a base's name has variables, it is the one that their defaults give.
    package private(set) var stages: [Stage] = []
    /// The stages that each may need besides, with other values of arguments.
    private(set) var possible: [Int: StageNames.Possible] = [:]
    /// The places in `runs`, by those in `steps`.
    private var runNumbers: [Int: Int] = [:]
    /// The instructions ARG and ENV within stages, in order.
    private(set) var definers: [Step] = []
    /// What ARG and ENV define, by stages.
    private(set) var definitions: [Int: StageDefinitions] = [:]
    /// The shell that `# hadolint shell=` names.
    let pragmaShell: String?

    package init(file: Dockerfile, settings: RuleSettings = RuleSettings()) {
        self.file = file
        self.settings = settings
        pragmaShell = Pragma.shell(in: file)
        var stage: Int?
        for (index, instruction) in file.instructions.enumerated() {
            if instruction.keyword == .from { stage = stage.map { $0 + 1 } ?? 0 }
            steps.append(Step(instruction, index: index, stage: stage, isTrigger: false, of: instruction))
            for trigger in instruction.triggers {
                steps.append(Step(trigger, index: index, stage: stage, isTrigger: true, of: instruction))
            }
        }
        let names = StageNames(values: defaultArguments, escape: file.escape)
        (stages, possible) = names.resolved(file.stages)
        readRuns()
        for step in steps where !step.isTrigger {
            guard let stage = step.stage, step.keyword == .arg || step.keyword == .env else { continue }
            definers.append(step)
            definitions[stage, default: StageDefinitions()].take(step)
        }
    }

    /// The RUN at a step's number; nil if that step is another instruction.
    func run(at stepIndex: Int) -> Run? { runNumbers[stepIndex].map { runs[$0] } }

    /// The instruction that a byte of the file is in; what follows ONBUILD counts as a part of it.
    func step(at offset: Int) -> Step? {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].span.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        let step = steps[..<low].last { !$0.isTrigger }
        return step.flatMap { $0.span.contains(offset) ? $0 : nil }
    }

    /// The steps of some kinds, without those after ONBUILD.
    func steps(_ keywords: Keyword...) -> [Step] {
        steps.filter { step in !step.isTrigger && step.keyword.map(keywords.contains) == true }
    }

    /// The steps of some kinds, including those after ONBUILD.
    func allSteps(_ keywords: Keyword...) -> [Step] {
        steps.filter { step in step.keyword.map(keywords.contains) == true }
    }

    /// Whether the layers of a stage end up in an image: it is the last stage, or a later FROM names it or may do so.
    func isShipped(stage: Int?) -> Bool {
        guard let stage else { return true }
        return stage == stages.count - 1 || stages.contains { $0.base == .stage(stage) }
            || possible.values.contains { $0.bases.contains(stage) }
    }

    /// The chain of stages that a stage is built on, beginning with itself.
    func ancestry(of stage: Int) -> [Int] {
        var chain = [stage]
        while case .stage(let parent) = stages[chain[chain.count - 1]].base, parent < chain[chain.count - 1] {
            chain.append(parent)
        }
        return chain
    }

    /// The stages that a stage is built on, itself among them, or may be with other arguments.
    func possibleAncestry(of stage: Int) -> Set<Int> {
        var found: Set<Int> = []
        var open = [stage]
        while let next = open.popLast() {
            guard found.insert(next).inserted else { continue }
            if case .stage(let parent) = stages[next].base { open.append(parent) }
            open += possible[next]?.bases ?? []
        }
        return found
    }

    // MARK: Commands

    private mutating func readRuns() {
        var shells = ShellState(file: file, pragma: pragmaShell, values: defaultArguments)
        for (index, step) in steps.enumerated() {
            shells.see(step, stages: stages)
            guard step.keyword == .run else { continue }
            var run = Run(step: step, stepIndex: index)
            run.mounts = step.instruction.mounts
            run.dialect = shells.dialect
            CommandReader.read(&run, file)
            runNumbers[index] = runs.count
            runs.append(run)
        }
    }
}

/// What the configuration and the surroundings tell the rules.
package struct RuleSettings: Sendable {
    /// The registries that images may come from; empty for all.
    package var trustedRegistries: [String] = []
    /// The labels that images must have, with the types of their values.
    package var labelSchema: [String: LabelType] = [:]
    /// Whether any other label is a finding.
    package var strictLabels = false
    /// The files of the context that aren't sent; nil if nothing is known about them.
    package var ignored: PatternMatcher?
    /// Whether the context has an ignore file; nil if that isn't known.
    package var hasIgnoreFile: Bool?
    /// The platform that is built for.
    package var platform = "linux/amd64"
    /// The platform that it is built on.
    package var buildPlatform = "linux/amd64"
    /// The platforms for which images exist, by the images' names in FROM; only those that were looked up.
    package var imagePlatforms: [String: [String]] = [:]

    package init() {}
}

/// What a label's value must be.
package enum LabelType: String, Sendable, CaseIterable {
    case text, rfc3339, semver, url, hash, spdx, email
}
