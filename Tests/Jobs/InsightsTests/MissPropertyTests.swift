import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import Testing

struct MissPropertyTests {
    /// Numbers that are the same in each run (SplitMix64).
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let names = [
        "[internal] load build context", "[a 1/3] FROM x@sha256:1", "[a 1/3] FROM x@sha256:2", "[a 2/3] RUN echo $V",
        "[a 3/3] COPY . .", "[b 2/2] COPY --from=a [x", "[b 9999999999999999999/2] RUN", "", "[", "[] ", "[a 2/3] ",
        "\u{0}\u{1B}[31m", "FROM @sha256:", "[a 3/3] COPY --exclude=[ ** ]", "[a 2/3] RUN --mount= --mount=from=x",
        "[context d] load from client", "[a -9223372036854775808/3] RUN x", "[a 9223372036854775807/3] RUN y",
        "[a 3/3] COPY --link --from=d ../../x [a-", "LINK ", "--", "[a 1/1] ADD https://a b", "@sha256:", "é [x/y] é",
    ]

    private static func build(_ number: Int, _ random: inout Seeded) -> BuildDossier {
        var plan = StagedBuild()
        plan.since = Int.random(in: 0..<6, using: &random)
        plan.names = (0..<Int.random(in: 0..<14, using: &random)).map { _ in names.randomElement(using: &random) ?? "" }
        plan.inputs = plan.names.map { _ in
            (0..<Int.random(in: 0..<3, using: &random)).map { _ in Int.random(in: -1..<16, using: &random) }
        }
        plan.changes = (0..<3).map { _ in
            let kind = ContextChange.Kind.allCases.randomElement(using: &random) ?? .content
            return ContextChange(kind, ["a", "", "/", "x/y", "[", "a/../b"].randomElement(using: &random) ?? "")
        }
        plan.omitted = [0, 0, .max, .min].randomElement(using: &random) ?? 0
        plan.arguments = Bool.random(using: &random) ? ["V": "1"] : ["V": "***", "": ""]
        plan.engine = [nil, "e at unix:///e.sock", "", "x at "].randomElement(using: &random) ?? nil
        plan.target = Bool.random(using: &random) ? nil : "a"
        let marks = (0..<14).map { _ in "RRCFN".randomElement(using: &random) ?? "R" }
        return StagedBuild.make(number, String(marks)) { $0 = plan }
    }

    @Test
    func `Any builds are explained, and roots are steps that ran by themselves`() {
        for seed in 0..<400 {
            var random = Seeded(state: UInt64(seed))
            let now = Self.build(9, &random)
            let earlier = (0..<4).map { Self.build($0, &random) }
            let removals = [CacheRemoval.at(3000, Self.names, count: .max), .at(.min, [], count: .min)]
            let all = MissExplanation.explain(now, earlier: earlier, removals: removals)
            #expect(all.map(\.number) == now.steps.map(\.number))
            let byNumber = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
            for (step, explanation) in zip(now.steps, all) {
                #expect((explanation.outcome == .cached) == step.isCached)
                #expect(!explanation.isMissed || !explanation.causes.isEmpty)
                let hasControls = explanation.sentence.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
                #expect(!hasControls && !explanation.sentence.isEmpty)
                for root in explanation.causes.compactMap(\.root) {
                    #expect(byNumber[root]?.isMissed == true)
                    #expect(byNumber[root]?.causes.allSatisfy { $0.root == nil } == true)
                }
            }
            let summary = MissSummary(of: now, all)
            #expect(summary.roots.map(\.steps.count).reduce(0, +) == all.count { $0.isMissed })
            let ran = summary.roots.flatMap(\.steps) + summary.first + summary.unexplained
            #expect(Set(ran.map(\.number)).count == ran.count)
            #expect(ran.count + summary.cached + summary.uncacheable + summary.waiting == all.count)
        }
    }

    @Test
    func `A build that is the same again has no cause but that its results are gone`() {
        for seed in 0..<300 {
            var random = Seeded(state: UInt64(seed) &+ 9000)
            var one = Self.build(1, &random)
            one.record.engine = "e at unix:///e.sock"
            var two = one
            two.record = StagedBuild.make(2, "").record
            two.record.engine = one.record.engine
            two.record.submission.request = one.record.submission.request
            two.record.submission.target = one.record.submission.target
            two.contexts = [ContextChanges(of: "context", files: 1, since: one.record.id)]
            for explanation in MissExplanation.explain(two, earlier: [one], removals: []) {
                for cause in explanation.causes {
                    switch cause.kind {
                    case .evicted, .earlierStep, .externalSource, .failedBefore: break
                    default: Issue.record("\(cause.code) of \(explanation.name)")
                    }
                }
            }
        }
    }

    @Test
    func `Large histories are explained in bounded time`() {
        let count = 2000
        func build(_ number: Int) -> BuildDossier {
            StagedBuild.make(number, "") { plan in
                plan.names = (0..<count).map {
                    "[s\($0 % 7) \($0)/\(count)] \($0 % 2 == 0 ? "COPY ." : "RUN") \($0 &* number)"
                }
                plan.names[0] = "[internal] load build context"
                plan.inputs = []
                plan.changes = (0..<1000).map { .at("d\($0)/x\(number)") }
            }
        }
        let start = ContinuousClock.now
        let all = MissExplanation.explain(build(21), earlier: (1...20).reversed().map(build), removals: [])
        #expect(all.count == count)
        #expect(start.duration(to: .now) < .seconds(60))
    }
}
