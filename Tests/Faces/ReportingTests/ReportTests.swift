import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("What is printed at the end")
struct ReportTests {
    private let dockerfile = SourceInfo(
        filename: "Dockerfile",
        data: Array("FROM busybox\nRUN one\nRUN make \\\n  all\nRUN four\nRUN five\r\n".utf8)
    )

    @Test("a failed step is shown with its output, its place and its exit code")
    func failedStep() throws {
        let fixture = try EventFixture("failing-run")
        var model = ProgressModel()
        for event in fixture.events { model.apply(event) }
        let failed = try #require(model.steps.first { $0.phase == .failed })
        let error = BuildError(
            .step,
            "the step failed — [3/4] RUN — see its output above",
            excerpts: [SourceExcerpt(source: dockerfile, ranges: [SourceRange(startLine: 3, endLine: 4)])],
            step: FailedStep(vertex: failed.key, exitCode: 3)
        )
        let text = BuildReport.describe(error, model: model, colors: .none, logLines: 3)
        #expect(
            text == """
                ------
                 > \(failed.name) (exit code 3):
                ...
                0.065 19
                0.065 20
                0.066 configure: error: libfoo not found
                ------
                Dockerfile:3
                --------------------
                   2 |     RUN one
                   3 | >>> RUN make \\
                   4 | >>>   all
                   5 |     RUN four
                --------------------
                error: the step failed — [3/4] RUN — see its output above

                """
        )
    }

    @Test("an engine that doesn't say which step failed is asked no more: the first failed one is shown")
    func untoldStep() throws {
        var model = ProgressModel()
        for event in try EventFixture("failing-run").events { model.apply(event) }
        let text = BuildReport.describe(BuildError(.step, "m"), model: model, colors: .none)
        #expect(text.contains(" > [3/4] RUN") && text.contains("libfoo not found") && text.hasSuffix("error: m\n"))
        #expect(BuildReport.describe(BuildError(.engine, "m"), model: model, colors: .none) == "error: m\n")
    }

    @Test("a message can't forge lines of ours")
    func forged() {
        let error = BuildError(.engine, "one\u{1B}[2J\r\nerror: two\n\n#1 DONE")
        let text = BuildReport.describe(error, model: ProgressModel(), colors: .standard)
        #expect(text == "\u{1B}[31merror:\u{1B}[0m one \n  error: two\n  #1 DONE\n")
    }

    @Test(
        "a place that is not in the file gives no excerpt",
        arguments: [(0, 0), (-5, 3), (8, 9), (Int.max, Int.max), (Int.min, Int.max)]
    )
    func outside(start: Int, end: Int) {
        let excerpt = SourceExcerpt(source: dockerfile, ranges: [SourceRange(startLine: start, endLine: end)])
        let error = BuildError(.step, "m", excerpts: [excerpt, SourceExcerpt(source: dockerfile, ranges: [])])
        #expect(BuildReport.describe(error, model: ProgressModel(), colors: .none) == "error: m\n")
    }

    @Test("a range over a large file is cut")
    func large() {
        let source = SourceInfo(filename: "D\nx", data: [UInt8](repeating: 0x0A, count: 100_000))
        let excerpt = SourceExcerpt(source: source, ranges: [SourceRange(startLine: 2, endLine: .max)])
        let text = BuildReport.describe(
            BuildError(.step, "m", excerpts: [excerpt]),
            model: ProgressModel(),
            colors: .none
        )
        #expect(text.hasPrefix("D x:2\n") && text.contains("more lines)") && text.split(separator: "\n").count < 50)
    }

    @Test("warnings are listed once with rule, address and place", arguments: ["warnings"])
    func warnings(name: String) throws {
        let fixture = try EventFixture(name)
        var model = ProgressModel()
        for event in fixture.events { model.apply(event) }
        #expect(try fixture.mismatch(BuildReport.warnings(model, colors: .none), golden: "warnings.txt") == nil)
        #expect(BuildReport.warnings(ProgressModel(), colors: .none).isEmpty)
    }

    @Test("the environment chooses colours")
    func colors() {
        let read = { (value: String) in ProgressColors(environment: ["BUILDKIT_COLORS": value], isTerminal: true) }
        #expect(ProgressColors(environment: [:], isTerminal: true) == .standard)
        #expect(ProgressColors(environment: [:], isTerminal: false) == ProgressColors.none)
        #expect(ProgressColors(environment: ["NO_COLOR": "1"], isTerminal: true) == ProgressColors.none)
        #expect(ProgressColors(environment: ["NO_COLOR": ""], isTerminal: true) == .standard)
        let colors = read("RUN=Green:error=255,0,0:warning=light-blue:cancel=default")
        #expect(colors.run == "\u{1B}[32m" && colors.error == "\u{1B}[38;5;196m")
        #expect(colors.warning == "\u{1B}[94m" && colors.cancel == "\u{1B}[39m")
        #expect(read("run=pink:x=red:error=256,0,0:cancel=1,2:=::warning=a=b") == .standard)
    }

    @Test("the mode follows the flag, then the environment, then the terminal")
    func modes() {
        func mode(_ mode: ProgressMode, _ environment: [String: String] = [:], tty: Bool = true) -> ProgressMode {
            mode.resolved(environment: environment, isTerminal: tty)
        }
        #expect(mode(.auto) == .tty)
        #expect(mode(.auto, tty: false) == .plain)
        #expect(mode(.auto, ["TERM": "dumb"]) == .plain)
        #expect(mode(.tty, ["TERM": "dumb"]) == .tty)
        #expect(mode(.tty, tty: false) == .plain)
        #expect(mode(.auto, ["BUILDKIT_PROGRESS": "rawjson"]) == .rawjson)
        #expect(mode(.auto, ["BUILDKIT_PROGRESS": "nonsense"]) == .tty)
        #expect(mode(.plain, ["BUILDKIT_PROGRESS": "tty"]) == .plain)
        #expect(mode(.none) == .quiet)
        #expect(ProgressMode(rawValue: "fancy") == nil)
    }
}
