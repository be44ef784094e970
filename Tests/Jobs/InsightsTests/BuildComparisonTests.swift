import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import Testing

struct BuildComparisonTests {
    private static func words(_ a: [StepRecord], _ b: [StepRecord]) -> [String] {
        BuildComparison(Sample.dossier(a), Sample.dossier(b)).differences.map(\.words)
    }

    @Test(
        arguments: [
            (
                [Sample.step(1, "[a 2/3] RUN make", 0..<1000)], [Sample.step(9, "[a 2/4] RUN make", 0..<13_100)],
                ["RUN make took 12.1 s longer"]
            ),
            ([Sample.step(1, "[a 2/3] RUN make", 0..<1000)], [Sample.step(1, "[a 2/3] RUN make", 0..<1090)], []),
            (
                [Sample.step(1, "RUN a", 0..<200_000)], [Sample.step(1, "RUN a", 0..<1000)],
                ["RUN a took 3 min 19 s less long"]
            ),
            (
                [Sample.step(1, "RUN a", 0..<0, isCached: true)], [Sample.step(1, "RUN a", 0..<8_000_000)],
                ["RUN a was cached in the first build, ran in the second and took 2 h 13 min longer"]
            ),
            (
                [Sample.step(1, "RUN a", 0..<0, isCached: true)], [Sample.step(1, "RUN a", 0..<9)],
                ["RUN a was cached in the first build, ran in the second"]
            ),
            (
                [], [Sample.step(1, "[a 1/1] RUN x\u{1B}[31m", 0..<1234)],
                [#"RUN x\u{1B}[31m is only in the second build, where it took 1.2 s"#]
            ),
            ([Sample.step(1, "RUN a")], [], ["RUN a is only in the first build"]),
            (
                [Sample.step(1, "RUN a"), Sample.step(2, "RUN a", 0..<500)], [Sample.step(1, "RUN a")],
                ["RUN a (no. 2 of that name) is only in the first build, where it took 0.5 s"]
            ),
            (
                [Sample.step(1, "[a 1/2] FROM b@sha256:1")], [Sample.step(1, "[a 1/2] FROM b@sha256:2")],
                ["FROM b has another base image: sha256:2 instead of sha256:1"]
            ),
            ([Sample.step(1, "")], [], ["a step without a name is only in the first build"]),
        ] as [([StepRecord], [StepRecord], [String])]
    )
    func `Steps that differ are told in a line`(a: [StepRecord], b: [StepRecord], words: [String]) {
        #expect(Self.words(a, b) == words)
    }

    @Test
    func `What lost or gained the most time comes first, behind how the builds ended`() {
        var a = Sample.dossier([Sample.step(1, "RUN a", 0..<9000), Sample.step(2, "RUN b", 0..<1000)])
        var b = Sample.dossier([Sample.step(1, "RUN a", 0..<1000), Sample.step(2, "RUN b", 0..<3000)], status: .failed)
        b.record.duration = .seconds(90)
        a.record.images = [ImageArtifact(names: ["app:1"], digest: "sha256:1", id: nil, isPushed: false)]
        b.record.images = [ImageArtifact(names: ["app:1"], digest: nil, id: "sha256:2", isPushed: false)]
        a.record.engine = "dockerd 26"
        let comparison = BuildComparison(a, b)
        #expect(
            comparison.differences.map(\.subject) == [.status, .run, .step(0), .step(1), .asked(0), .images]
        )
        #expect(comparison.differences.first?.words == "the first build succeeded, the second failed")
        #expect(comparison.differences[1].words == "the build ran 30.0 s longer")
        #expect(comparison.differences.map(\.lost) == [nil, .seconds(30), .seconds(-8), .seconds(2), nil, nil])
        #expect(comparison.work.first == .seconds(10) && comparison.work.second == .seconds(4))
        #expect(comparison.images.map(\.isSame) == [false] && comparison.madeSameImages == false)
    }

    @Test
    func `What was asked for is compared part by part`() {
        var (a, b) = (Sample.dossier([]), Sample.dossier([]))
        a.record.submission.images = ["app:1", "app:latest", "app:1"]
        b.record.submission.images = ["app:2", "app:latest"]
        a.record.submission.target = "build"
        a.record.submission.revision = SourceRevision()
        a.record.submission.revision?.commit = "c0ffee"
        a.record.submission.request = .object([
            JSONMember("args", JSON(["A": "1", "B": "2", "T": "***"])), JSONMember("pull", .bool(true)),
            JSONMember("secrets", .array([.string("npm"), .string("pip")])), JSONMember("odd", .array([])),
        ])
        b.record.submission.request = .object([
            JSONMember("args", JSON(["A": "3", "C": "2", "T": "***"])), JSONMember("labels", JSON(["l": "v"])),
            JSONMember("secrets", .array([.string("pip"), .string("gem")])), JSONMember("odd", .object([])),
        ])
        let comparison = BuildComparison(a, b)
        #expect(
            comparison.differences.map(\.words) == [
                "image: app:1 only in the first build", "image: app:1 only in the first build",
                "image: app:2 only in the second build", "target: build only in the first build",
                "revision commit: c0ffee only in the first build",
                "build argument A: 1 in the first build, 3 in the second",
                "build argument B: 2 only in the first build",
                "build argument C: 2 only in the second build", "label l: v only in the second build",
                "odd: [] in the first build, {} in the second", "looking bases up again: true only in the first build",
                "secret: npm only in the first build", "secret: gem only in the second build",
            ]
        )
        #expect(comparison.asked.contains { $0.part == .request("args") && $0.name == "A" && $0.second == "3" })
    }

    @Test
    func `Artifacts, numbers and errors stand side by side`() {
        var (a, b) = (Sample.dossier([]), Sample.dossier([], status: .failed))
        a.artifacts = [.file("a.tar"), .directory("out"), .standardOutput]
        b.artifacts = [.directory("out"), .cache("c"), .image(.init(names: [], digest: nil, id: nil, isPushed: true))]
        b.error = BuildError(.step, "process did not complete")
        a.record.statistics = BuildStatistics()
        let comparison = BuildComparison(a, b)
        #expect(comparison.artifacts == ComparedPair([.file("a.tar"), .standardOutput], [.cache("c")]))
        #expect(comparison.errors == ComparedPair(nil, "process did not complete"))
        #expect(!comparison.statistics.isEqual && comparison.madeSameImages == nil)
    }

    @Test
    func `A build doesn't differ from itself, whatever is in it`() {
        for seed in 0..<250 {
            var random = SeededGenerator(state: UInt64(seed))
            let (a, b) = (Sample.hostile(&random), Sample.hostile(&random))
            #expect(BuildComparison(a, a).differences.isEmpty, "seed \(seed)")
            let differences = BuildComparison(a, b).differences
            #expect(differences.allSatisfy { $0.words.utf8.allSatisfy { $0 >= 0x20 } }, "seed \(seed)")
            #expect(differences.allSatisfy { $0.words.utf8.count < 4000 }, "seed \(seed)")
        }
    }

    @Test
    func `Steps are aligned once each, and what isn't moved is in the order of both`() {
        for seed in 0..<500 {
            var random = SeededGenerator(state: UInt64(seed))
            func steps() -> [StepRecord] {
                (1...Int.random(in: 1...12, using: &random)).map {
                    Sample.step($0, "[a \($0)/9] RUN \(Int.random(in: 0...7, using: &random))", 0..<100)
                }
            }
            let (a, b) = (steps(), steps())
            let rows = BuildComparison(Sample.dossier(a), Sample.dossier(b)).steps
            #expect(rows.compactMap { $0.first?.number }.sorted() == a.map(\.number), "seed \(seed)")
            #expect(rows.compactMap { $0.second?.number } == b.map(\.number), "seed \(seed)")
            let kept = rows.filter { $0.first != nil && $0.second != nil && !$0.isMoved }.compactMap(\.first?.number)
            let inOrder = rows.filter { !$0.isMoved }.compactMap(\.first?.number)
            #expect(inOrder == inOrder.sorted(), "seed \(seed)")
            let both = rows.filter { $0.first != nil && $0.second != nil }.compactMap(\.first?.number)
            #expect(kept.count == Self.longestRise(both), "seed \(seed)")
            for row in rows where row.first != nil && row.second != nil {
                #expect(row.first?.name.split(separator: " ").last == row.second?.name.split(separator: " ").last)
            }
        }
    }

    private static func longestRise(_ numbers: [Int]) -> Int {
        var lengths: [Int] = []
        for (place, number) in numbers.enumerated() {
            lengths.append((0..<place).filter { numbers[$0] < number }.map { lengths[$0] }.max().map { $0 + 1 } ?? 1)
        }
        return lengths.max() ?? 0
    }
}
