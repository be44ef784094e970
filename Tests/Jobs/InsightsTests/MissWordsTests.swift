import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import Testing

@testable import CaissonInsights

struct MissWordsTests {
    private static func sentence(
        _ step: Int,
        _ marks: String = "RRRRRRRRR",
        _ edit: (inout StagedBuild) -> Void
    ) -> String {
        let earlier = [StagedBuild.make(1, "RRRRRRRRR")]
        let all = MissExplanation.explain(StagedBuild.make(2, marks, edit: edit), earlier: earlier, removals: [])
        return all.first { $0.number == step }?.sentence ?? ""
    }

    @Test
    func `Files are told by the first and how many more there are`() {
        let id = "00000000…"
        #expect(Self.sentence(5, "RRRCRRRRR") { $0.changes = [.at("src/b")] } == "src/b changed since build \(id)")
        let several = Self.sentence(5, "RRRCRRRRR") { $0.changes = ["d", "a", "b", "c"].map { .at("src/\($0)") } }
        #expect(several == "src/a and 3 other files changed since build \(id)")
        let two = Self.sentence(5, "RRRCRRRRR") { $0.changes = ["a", "b"].map { .at("src/\($0)") } }
        #expect(two == "src/a and 1 other file changed since build \(id)")
        let vague = Self.sentence(5, "RRRCRRRRR") { $0.changes = [ContextChange(.perhaps, "src/a")] }
        #expect(vague == "probably src/a changed since build \(id)")
    }

    @Test
    func `Instructions and what they lead to are named`() {
        let changed = Self.sentence(4) { $0.names[3] = "[build 2/5] RUN echo \u{1B}ho" }
        #expect(
            changed == "RUN echo \\u{1B} is new here; in its place stood RUN echo hi"
                || changed.hasPrefix("RUN echo \\u")
        )
        let below = Self.sentence(5) { $0.names[3] = "[build 2/5] RUN x" }
        #expect(below == "ran because [build 2/5] RUN x ran")
        #expect(Self.sentence(4, "RRRRCCCCR") { _ in }.hasPrefix("probably the engine has forgotten it"))
        #expect(Self.sentence(4, "RRRCCCCCR") { _ in } == "its result came from the cache")
    }

    @Test
    func `A summary has each step under the cause where it began, the dearest first`() {
        var now = StagedBuild.make(2, "RRRRRRRRR") { plan in
            plan.names[3] = "[build 2/5] RUN echo ho"
        }
        now.steps.append(StepRecord(10, digest: "z", name: "[other 1/1] RUN z"))
        now.steps[9].started = Timestamp(seconds: 2000)
        now.steps[9].completed = Timestamp(seconds: 2100)
        let earlier = [StagedBuild.make(1, "RRRRRRRRR")]
        let summary = MissSummary(of: now, MissExplanation.explain(now, earlier: earlier, removals: []))
        #expect(summary.roots.map(\.cause.code) == ["added!", "changed(RUN echo hi)!"])
        #expect(summary.roots.map(\.steps.count) == [1, 5])
        #expect(summary.roots.map(\.origins) == [[10], [4]])
        #expect(summary.roots.map(\.time) == [.seconds(100), .seconds(10)])
        #expect(summary.unexplained.isEmpty && summary.first.isEmpty)
    }

    @Test
    func `Each step stands in one place of a summary`() {
        var now = StagedBuild.make(2, "RRRRRRRNN")
        // An end alone doesn't tell that it began.
        now.steps[8].completed = Timestamp(seconds: 2100)
        let outcomes: [StepExplanation.Outcome] = [
            .cached, .uncacheable("asked for"), .first, .unknown,
            .missed([MissCause(.instructionAdded, .certain, evidence: "none")]),
            .missed([MissCause(.earlierStep(5), .certain, evidence: "it ran")]),
            .missed([MissCause(.earlierStep(4), .certain, evidence: "it ran")]),
            .first, .unknown,
        ]
        let summary = MissSummary(of: now, zip(now.steps, outcomes).map { StepExplanation(of: $0, $1) })
        #expect(summary.roots.map { $0.steps.map(\.number) } == [[5, 6]])
        #expect(summary.first.map(\.number) == [3])
        #expect(summary.unexplained.map(\.number) == [4, 7])
        #expect((summary.cached, summary.uncacheable, summary.waiting) == (1, 1, 2))
    }

    @Test
    func `All steps without a cache have one cause`() {
        let now = StagedBuild.make(2, "RRRRRRRRR") { $0.request = [JSONMember("no-cache", .bool(true))] }
        let summary = MissSummary(of: now, MissExplanation.explain(now, earlier: [], removals: []))
        #expect(summary.roots.map(\.steps.count) == [5])
        #expect(summary.roots.map(\.origins) == [[4, 5, 6, 7, 8]])
    }

    @Test(
        arguments: [
            ("a", "a", true), ("a", "a/b", true), ("a/b", "a", false), (".", "x", true), ("./a/", "a/b", true),
            ("*", "x/y", true), ("a*c", "abbc", true), ("a*c", "ab/c", false), ("a?", "ab", true), ("a?", "a", false),
            ("[!a]", "b", false), ("[^a]", "b", true), ("[a-c]", "b", true), ("[a-", "a", false), ("**", "x", true),
            ("**/t", "t", true), ("**/t", "a/b/t", true), ("a/**/b/*.c", "a/x/b/y/b/z.c", true), ("\\*", "*", true),
            ("\\*", "x", false), ("*a*b*c", "xxaxxbxxc", true), ("*a*b*d", "xxaxxbxxc", false), ("../a", "a", true),
            ("**/", "q/r", true), ("a/**", "a", true), ("", "z", true),
        ]
    )
    func `A source names paths as BuildKit has it`(_ pattern: String, _ path: String, _ matches: Bool) {
        #expect(SourcePattern(pattern).matches(Array(path.utf8)) == matches)
    }

    @Test
    func `An instruction is taken apart`() {
        let copy = StepInstruction("LINK COPY --link --from=a  x  [y] /z")
        #expect(copy.isMerge && copy.flag("from") == "a" && copy.flag("link") == "" && copy.sources == ["x", "[y]"])
        #expect(StepInstruction("COPY [\"a\", \"b c\", \"/d\"]").sources == ["a", "b c"])
        #expect(StepInstruction("COPY <<E x /d").sources == ["x"])
        #expect(StepInstruction("ADD git@h:r https://u f /d").files == ["f"])
        let run = StepInstruction("RUN --mount=type=secret,id=s --mount=source=d,rw ls ${AB}")
        #expect(run.mounts.map(\.type) == ["secret", "bind"] && run.mounts.map(\.isWritable) == [false, true])
        #expect(run.names("AB") && !run.names("A") && !run.names(""))
    }
}
