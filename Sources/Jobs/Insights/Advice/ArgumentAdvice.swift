import CaissonText

/// Advice on build arguments that are new in each build, such as a commit or a date.
enum ArgumentAdvice {
    private static let most = 100

    /// A later declaration for each argument that differs in nearly each build while a long step runs each time.
    static func recommendations(_ arguments: [[String: String]], _ steps: AdviceSteps) -> [Recommendation] {
        let names = Set(arguments.suffix(BuildAdvice.least).flatMap(\.keys)).sorted().prefix(most)
        let volatile = names.filter { name in isVolatile(arguments.map { $0[name] }) }
        guard let name = volatile.first else { return [] }
        return steps.stages.compactMap { stage in recommendation(name, volatile.count, arguments, stage, steps.builds) }
    }

    /// Whether nearly each build has a value that the one before hadn't; `***` hides what it is.
    private static func isVolatile(_ values: [String?]) -> Bool {
        let known = values.compactMap { $0 }.filter { $0 != "***" }
        guard known.count > BuildAdvice.least else { return false }
        let changes = zip(known, known.dropFirst()).count { $0 != $1 }
        return changes * 10 >= (known.count - 1) * 9 && Set(known).count * 10 >= known.count * 8
    }

    /// About the first step of a stage that runs in each of these builds, though what stands before it is cached.
    private static func recommendation(
        _ name: String,
        _ count: Int,
        _ arguments: [[String: String]],
        _ stage: ArraySlice<AdviceStep>,
        _ builds: Int
    ) -> Recommendation? {
        let given = Set(arguments.indices.dropFirst().filter { arguments[$0][name] != nil })
        guard
            let index = stage.firstIndex(where: { $0.missedBuilds.intersection(given).count * 10 >= given.count * 9 }),
            stage[index].name.keyword == "RUN"
        else { return nil }
        let later = stage[index...].filter { $0.name.keyword == "RUN" }
        let seconds = later.reduce(0) { $0 + $1.usual }
        // A step that names the argument needs it where it is.
        guard seconds >= BuildAdvice.shortest, later.count > 1 || !uses(stage[index], name),
            stage[index].missed * 10 >= given.count * 9
        else { return nil }
        let seen = stage[index].missedBuilds.intersection(given).count
        return Recommendation(
            kind: .argumentOrder,
            step: stage[index].name.identity,
            subject: name,
            advice: "Declare the argument \(name.quoted) as late as it is needed: its value differs in each build, so "
                + "\(stage[index].name.instruction.quoted) and all steps behind it run each time.",
            evidence: Recommendation.Evidence(seen: seen, builds: builds, duration: .bounded(seconds: seconds)),
            saving: .bounded(seconds: seconds * 0.8),
            certainty: count == 1 ? .medium : .low
        )
    }

    private static func uses(_ step: AdviceStep, _ name: String) -> Bool {
        let separators = Set(" $\"'{}:=;&|/".utf8)
        return step.command.utf8.split { separators.contains($0) }.contains { $0.elementsEqual(name.utf8) }
    }
}
