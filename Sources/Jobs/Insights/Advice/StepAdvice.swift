import CaissonText

/// Advice that the steps of the Dockerfile give cause for.
struct StepAdvice {
    private let steps: AdviceSteps

    /// Looks at steps.
    init(_ steps: AdviceSteps) { self.steps = steps }

    /// All of it.
    var recommendations: [Recommendation] {
        steps.stages.flatMap { stage in
            stage.compactMap(cacheMount) + copyOrders(stage) + parallels(stage)
        }
    }

    private func isWorthwhile(_ step: AdviceStep) -> Bool {
        step.name.keyword == "RUN" && step.usual >= BuildAdvice.shortest && step.missed >= BuildAdvice.least
    }

    private func evidence(_ step: AdviceStep, seen: Int) -> Recommendation.Evidence {
        Recommendation.Evidence(seen: seen, builds: steps.builds, duration: .bounded(seconds: step.usual))
    }

    private func cacheMount(_ step: AdviceStep) -> Recommendation? {
        guard isWorthwhile(step), !step.command.utf8.contains("mount=type=cache"),
            let tool = InstallTool.used(in: step.command)
        else { return nil }
        let places = tool.directories.joined(separator: " and ")
        let note = tool.note.isEmpty ? "" : " \(tool.note)"
        let name = tool.words.joined(separator: " ")
        // `make` may do anything.
        let isVague = tool.words == ["make"]
        return Recommendation(
            kind: .cacheMount,
            step: step.name.identity,
            subject: tool.directories.first ?? "",
            advice: "Give the step \(step.name.instruction.quoted) a mount of type cache at \(places)\(note): "
                + "what \(name) fetched or made is then there when it runs again.",
            evidence: evidence(step, seen: step.missed),
            saving: .bounded(seconds: step.usual * (isVague ? 0.3 : 0.5)),
            certainty: isVague ? .low : .high
        )
    }

    /// A copy of all files before an install: the install runs whenever any file changes.
    private func copyOrders(_ stage: ArraySlice<AdviceStep>) -> [Recommendation] {
        var copies: [AdviceStep] = []
        var found: [Recommendation] = []
        for step in stage {
            if ["COPY", "ADD"].contains(step.name.keyword), CopiedFiles.isBroad(step.command) { copies.append(step) }
            guard isWorthwhile(step), let copy = copies.first, let tool = InstallTool.used(in: step.command),
                tool.isIndependent || tool.manifest != nil
            else { continue }
            let together = copy.missedBuilds.intersection(step.missedBuilds)
            // What ran without the copy, too, has other causes.
            guard together.count * 2 >= step.missed, !isMissed(before: copy, in: stage, together) else { continue }
            found.append(copyOrder(copy, step, tool, together.count))
        }
        return found
    }

    /// Whether steps before the copy ran in most of the builds: then it isn't the copy that makes the later ones run.
    private func isMissed(before copy: AdviceStep, in stage: ArraySlice<AdviceStep>, _ builds: Set<Int>) -> Bool {
        let earlier = stage.prefix { $0.name != copy.name }
        return earlier.contains { $0.missedBuilds.intersection(builds).count * 2 > builds.count }
    }

    private func copyOrder(_ copy: AdviceStep, _ step: AdviceStep, _ tool: InstallTool, _ seen: Int) -> Recommendation {
        let advice =
            tool.manifest.map { files in
                "Copy \(files) first, then run \(step.name.instruction.quoted), and put "
                    + "\(copy.name.instruction.quoted) behind it: it then runs only when what it installs changes."
            }
            ?? "Put \(step.name.instruction.quoted) before \(copy.name.instruction.quoted): it needs none of its files."
        return Recommendation(
            kind: .copyOrder,
            step: step.name.identity,
            subject: copy.name.instruction,
            advice: advice,
            evidence: evidence(step, seen: seen),
            saving: .bounded(seconds: step.usual * 0.9),
            certainty: seen * 10 >= step.missed * 9 ? .high : .medium
        )
    }

    /// Two installs in a row of different kinds, of which the first one can't matter to the second one.
    private func parallels(_ stage: ArraySlice<AdviceStep>) -> [Recommendation] {
        zip(stage, stage.dropFirst()).compactMap { first, second in
            guard isWorthwhile(first), isWorthwhile(second), min(first.usual, second.usual) >= 10,
                let one = InstallTool.used(in: first.command), let other = InstallTool.used(in: second.command),
                one.words.first != other.words.first, !one.isIndependent, !other.isIndependent,
                one.manifest != nil, other.manifest != nil
            else { return nil }
            let seen = first.missedBuilds.intersection(second.missedBuilds).count
            guard seen >= BuildAdvice.least else { return nil }
            return Recommendation(
                kind: .parallelStages,
                step: second.name.identity,
                subject: first.name.instruction,
                advice: "Look whether \(second.name.instruction.quoted) needs anything of "
                    + "\(first.name.instruction.quoted): in stages of their own they run at once.",
                evidence: evidence(second, seen: seen),
                saving: .bounded(seconds: min(first.usual, second.usual)),
                certainty: .low
            )
        }
    }
}

/// What a `COPY` takes.
enum CopiedFiles {
    /// Whether it takes a whole directory of the context: the context itself or what is in it.
    static func isBroad(_ command: String) -> Bool {
        let words = CommandWords.words(command)
        // Files of another stage change for reasons of their own.
        guard !words.contains(where: { $0.utf8.contains("from=") }) else { return false }
        let sources = words.filter { !$0.hasPrefix("-") }.dropLast()
        return sources.contains { [".", "./", "/", "*", "./*"].contains($0) }
    }
}

extension String.UTF8View {
    /// Whether a text stands in this one.
    func contains(_ text: StaticString) -> Bool {
        let wanted = Array("\(text)".utf8)
        guard let first = wanted.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: wanted) { return true }
            rest = rest[index(after: start)...]
        }
        return false
    }
}
