import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("The lines at the end of a batch")
struct BatchSummaryTests {
    private static let rows = [
        BatchSummary.Row("web", .built, .milliseconds(12_340), detail: "r.example/web:1, 3 of 7 steps cached"),
        BatchSummary.Row("api-server", .failed, .seconds(3), detail: "RUN make failed with exit code 2"),
        BatchSummary.Row("db", .skipped, detail: "not built, as api-server failed"),
        BatchSummary.Row("docs", .answered, .milliseconds(49)), BatchSummary.Row("cli", .stopped, .seconds(4000)),
    ]

    private static func text(
        _ rows: [BatchSummary.Row],
        _ width: Int? = nil,
        _ colors: ProgressColors = .none
    ) -> String {
        BatchSummary(rows).text(width: width, colors: colors)
    }

    @Test("A line for each target, as long as it comes")
    func whole() {
        #expect(
            Self.text(Self.rows) == """
                 web         built      12.3s  r.example/web:1, 3 of 7 steps cached
                 api-server  failed      3.0s  RUN make failed with exit code 2
                 db          skipped           not built, as api-server failed
                 docs        answered    0.0s
                 cli         stopped  4000.0s

                """
        )
        #expect(Self.text([]).isEmpty)
    }

    @Test("Lines are cut at the terminal's width")
    func cut() {
        #expect(
            Self.text(Self.rows, 40) == """
                 web         built      12.3s  r.exam...
                 api-server  failed      3.0s  RUN ma...
                 db          skipped           not bu...
                 docs        answered    0.0s
                 cli         stopped  4000.0s

                """
        )
        #expect(Self.text(Self.rows, 80) == Self.text(Self.rows))
        for width in [Int.min, 0, 1, 6, 7, 13, 40, 80] {
            let lines = Self.text(Self.rows, width).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == Self.rows.count + 1)
            #expect(lines.allSatisfy { CellWidth.cells($0) <= max(width, 1) && $0.last != " " }, "\(width)")
        }
    }

    @Test("Names of all scripts stand in one column, and none of them forges a line")
    func names() {
        let rows = [
            BatchSummary.Row("日本", .built, .seconds(1), detail: "a"),
            BatchSummary.Row("e\u{301}a", .built, .seconds(1), detail: "b\nforged  built"),
            BatchSummary.Row("\u{1B}[31mred\u{1B}[0m\n", .failed, detail: "\u{1B}]0;title\u{7}c\u{202E}d"),
        ]
        #expect(
            Self.text(rows) == """
                 日本  built       1.0s  a
                 e\u{301}a    built       1.0s  b forged  built
                 red   failed            c\u{FFFD}d

                """
        )
        #expect(Self.text(rows, 4).split(separator: "\n").map { CellWidth.cells($0) } == [3, 3, 4])
    }

    @Test("A very long name doesn't push the others away")
    func long() {
        let name = String(repeating: "n", count: 60)
        let rows = [BatchSummary.Row(name, .built, detail: "x"), BatchSummary.Row("a", .built, detail: "y")]
        let gap = String(repeating: " ", count: 39)
        #expect(Self.text(rows) == " \(name)  built             x\n a\(gap)  built             y\n")
    }

    @Test("Only failures are coloured, and nothing without colours")
    func colors() {
        let lines = Self.text(Self.rows, 40, .standard).split(separator: "\n").map(String.init)
        #expect(lines[1] == "\u{1B}[31m api-server  failed      3.0s  RUN ma...\u{1B}[0m")
        #expect(lines.enumerated().allSatisfy { $0 == 1 || !$1.contains("\u{1B}") })
        #expect(!Self.text(Self.rows).contains("\u{1B}"))
    }

    @Test("A built target's line has its names, else its digest, and the cache")
    func built() {
        var result = BuildResult(ref: "r", imageID: "sha256:\(String(repeating: "a", count: 64))")
        func detail(_ tags: [String], isForOthers: Bool = false) -> String {
            BatchSummary.Row("t", result, .seconds(1), tags: tags, isForOthers: isForOthers).detail
        }
        #expect(detail([]) == "sha256:aaaaaaaaaaaa")
        #expect(detail(["a:1"]) == "a:1")
        #expect(detail(["a:1", "b", "c"]) == "a:1 and 2 more")
        #expect(detail(["a:1"], isForOthers: true) == "for other targets")
        (result.statistics.steps, result.statistics.cachedSteps) = (4, 0)
        result.digest = "sha256:\(String(repeating: "b", count: 64))"
        #expect(detail([]) == "sha256:bbbbbbbbbbbb, 0 of 4 steps cached")
        #expect(detail(["a"]) == "a, 0 of 4 steps cached")
        (result.digest, result.imageID) = (nil, nil)
        #expect(detail([]) == "0 of 4 steps cached")
        result.statistics.steps = 0
        #expect(detail([]).isEmpty)
        let row = BatchSummary.Row("t", result, .seconds(1), tags: [], isForOthers: false)
        #expect(row == BatchSummary.Row("t", .built, .seconds(1)))
    }
}
