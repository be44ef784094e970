import CaissonBuildModel
import CaissonJSON
import CaissonReports
import Testing

struct ReportJSONTests {
    @Test(arguments: Samples.all.map(\.name))
    func `The text is the value`(name: String) throws {
        let page = try Samples.page(name)
        let text = ReportJSON.text(page)
        #expect(try JSON(parsing: Array(text.utf8)) == ReportJSON.value(page))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test
    func `All steps and builds are there`() {
        let value = ReportJSON.value(Samples.focus(steps: 2000))
        #expect(value["build"]?["steps"]?.array?.count == 2000)
        #expect(ReportJSON.value(Samples.history(10_000))["builds"]?.array?.count == 10_000)
    }

    @Test
    func `Numbers have the decimals that they need`() {
        let value = ReportJSON.value(Samples.full)
        #expect(value["totals"]?["hitRate"] == .number("0.64"))
        #expect(value["totals"]?["median"] == .number("68.2"))
        #expect(value["totals"]?["saved"] == .number("51340"))
        #expect(value["made"]?.string == "2026-11-30T20:30:00Z")
        #expect(value["regressions"]?.array?.first?["confidence"] == .number("0.97"))
    }

    private static func keys(_ value: JSON?) -> [String] { (value?.members ?? []).map(\.name) }

    private static let pageKeys = [
        "title", "made", "period", "filters", "totals", "build", "builds", "recommendations", "regressions", "slowest",
        "bottlenecks", "pressure",
    ]

    @Test
    func `All keys are there where all is known`() {
        var page = Samples.full
        page.pressure = ReportPressure()
        let value = ReportJSON.value(page)
        #expect(Self.keys(value) == Self.pageKeys)
        #expect(Self.keys(value["totals"]) == ["builds", "median", "p95", "hitRate", "targetRate", "saved"])
        #expect(Self.keys(value["totals"]?["builds"]) == BuildStatus.allCases.map(\.rawValue))
        #expect(
            Self.keys(value["builds"]?.array?.first) == ["id", "started", "duration", "status", "hitRate", "series"]
        )
        #expect(Self.keys(value["recommendations"]?.array?.first) == ["action", "evidence", "saving", "outcome"])
        let regression = ["what", "step", "build", "commit", "since", "before", "after", "confidence", "ongoing"]
        #expect(Self.keys(value["regressions"]?.array?.first) == regression)
        let slow = ["step", "place", "runs", "median", "p95", "total", "hitRate"]
        #expect(Self.keys(value["slowest"]?.array?.first) == slow)
        #expect(Self.keys(value["bottlenecks"]?.array?.first) == ["what", "detail", "share"])
        #expect(Self.keys(value["pressure"]) == ["processor", "memory", "disk", "remark"])
        #expect(value["pressure"]?["processor"] == .null)
    }

    @Test
    func `What isn't known of a build and its steps is null`() {
        var build = ReportBuild(id: "b", status: .running)
        var known = ReportStep(number: 2, stage: "s", text: "RUN x", outcome: .done)
        known.ended = Timestamp(seconds: 60)
        known.usual = ReportStep.Usual(median: 1.5, spread: -1, count: -1, verdict: nil)
        var usage = ReportStep.Usage()
        (usage.processor, usage.memory) = (.nan, -5)
        known.usage = usage
        build.steps = [ReportStep(number: 1, stage: nil, text: "RUN y", outcome: .waiting), known]
        build.path = [ReportBuild.PathPart(step: 2, wait: 0.25)]
        var page = ReportPage(title: "t", made: Timestamp(seconds: 0))
        #expect(Self.keys(ReportJSON.value(page)) == Self.pageKeys)
        page.build = build
        let value = ReportJSON.value(page)["build"]
        let buildKeys = [
            "id", "names", "status", "engine", "started", "ended", "revision", "error", "steps", "criticalPath",
        ]
        #expect(Self.keys(value) == buildKeys && value?["ended"] == .null)
        let stepKeys = [
            "number", "stage", "text", "started", "completed", "outcome", "error", "usual", "why", "log", "usage",
        ]
        let steps = value?["steps"]?.array ?? []
        #expect(steps.map(Self.keys) == [stepKeys, stepKeys])
        #expect(["stage", "started", "usual", "why", "usage"].allSatisfy { steps.first?[$0] == .null })
        #expect(steps.first?["log"] == .array([]))
        #expect(steps.last?["completed"] == .string("1970-01-01T00:01:00Z"))
        #expect(Self.keys(steps.last?["usual"]) == ["median", "spread", "count", "verdict"])
        #expect(steps.last?["usual"]?["spread"] == .number("0") && steps.last?["usual"]?["count"] == .number("0"))
        #expect(Self.keys(steps.last?["usage"]) == ["processor", "memory", "read", "written", "network"])
        #expect(steps.last?["usage"]?["processor"] == .null && steps.last?["usage"]?["memory"] == .number("0"))
        let part = value?["criticalPath"]?.array?.first
        #expect(Self.keys(part) == ["step", "waited", "reason"] && part?["waited"] == .number("0.25"))
    }
}
