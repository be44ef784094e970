import CaissonBuildModel
import CaissonText

/// Advice on base images that change under a name.
enum BaseAdvice {
    /// A pinned base for each stage whose base changed often, after which the stage's steps ran again.
    static func recommendations(_ dossiers: [BuildDossier], _ steps: AdviceSteps) -> [Recommendation] {
        var digests: [String: [(build: Int, digest: String)]] = [:]
        for (build, dossier) in dossiers.enumerated() {
            for step in dossier.steps {
                let name = StepName(step.name)
                guard name.keyword == "FROM", let digest = name.baseDigest else { continue }
                digests[name.identity, default: []].append((build, digest))
            }
        }
        return steps.stages.compactMap { stage in
            guard let base = stage.first(where: { $0.name.keyword == "FROM" }),
                let seen = digests[base.name.identity]
            else { return nil }
            let changes = zip(seen, seen.dropFirst()).filter { $0.digest != $1.digest }.map(\.1.build)
            let others = stage.filter { $0.name.keyword == "RUN" && !$0.seconds.isEmpty }
            let reruns = changes.filter { build in
                let ran = others.compactMap { $0.runs[build] }
                return !ran.isEmpty && ran.allSatisfy { $0 }
            }
            let time = others.reduce(0) { $0 + $1.usual }
            // A name without a tag is one by its digest, which changes only when its writer wants that.
            guard reruns.count >= BuildAdvice.least, reruns.count * 10 >= changes.count * 8,
                time >= BuildAdvice.shortest,
                withoutTag(base.name.instruction) != base.name.instruction
            else { return nil }
            return recommendation(base, seen: reruns.count, builds: seen.count, time)
        }
    }

    /// A base image's instruction without its tag: what a base is called that is named by its digest alone.
    static func withoutTag(_ instruction: String) -> String {
        var words = instruction.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count > 1 else { return instruction }
        let start = words[1].lastIndex(of: 0x2F) ?? words[1].startIndex
        if let colon = words[1][start...].firstIndex(of: 0x3A) { words[1] = words[1][..<colon] }
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    private static func recommendation(_ base: AdviceStep, seen: Int, builds: Int, _ time: Double) -> Recommendation {
        Recommendation(
            kind: .pinnedBase,
            step: base.name.identity,
            subject: base.name.instruction,
            advice: "Pin the image of \(base.name.instruction.quoted) to its digest and renew that when you want to: "
                + "each new digest made all steps of the stage run again.",
            evidence: Recommendation.Evidence(seen: seen, builds: builds, duration: .bounded(seconds: time)),
            saving: .bounded(seconds: time),
            certainty: .medium
        )
    }
}
