import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import CaissonReports
import Testing

struct WordJSONTests {
    private static func keys(_ value: JSON?) -> [String] { (value?.members ?? []).map(\.name) }

    @Test
    func `A comparison has all its keys`() {
        let value = ComparisonJSON(BuildComparison(WordSamples.first(), WordSamples.second())).value
        #expect(Self.keys(value) == ["first", "second", "differences", "steps", "asked", "images", "sameImages"])
        let build = [
            "id", "status", "waited", "duration", "work", "steps", "cachedSteps", "sent", "pulled", "logSize",
            "imageSize", "layers", "error", "artifacts",
        ]
        #expect(Self.keys(value["first"]) == build)
        #expect(Self.keys(value["second"]) == build)
        #expect(Self.keys(value["differences"]?.array?.first) == ["subject", "place", "lost", "text"])
        let step = value["steps"]?.array?.last
        #expect(
            Self.keys(step)
                == ["identity", "occurrence", "first", "second", "growth", "moved", "changedCaching"]
        )
        #expect(
            Self.keys(step?["first"]) == ["number", "name", "outcome", "duration", "logSize", "baseDigest"]
        )
        #expect(Self.keys(value["asked"]?.array?.first) == ["part", "name", "first", "second"])
        #expect(Self.keys(value["images"]?.array?.first) == ["name", "first", "second", "same"])
        #expect(value["second"]?["duration"] == .number("30.2"))
        #expect(value["steps"]?.array?[1]["growth"] == .number("-0.5"))
    }

    @Test
    func `A cache report has its totals and the lists that are asked for`() {
        let totals = [
            "builds", "whollyCachedBuilds", "hits", "misses", "rate", "target", "targetMet", "missesTooMany", "saved",
            "unknownHits", "lost", "buildSpans", "missSpans", "leftOut", "withoutEnd", "buildsOfFurtherImages",
        ]
        let report = WordSamples.report()
        let value = CacheReportJSON(report).value
        #expect(Self.keys(value) == totals + ["images", "series", "steps", "days", "weeks"])
        #expect(Self.keys(CacheReportJSON(report, by: .week).value) == totals + ["weeks"])
        let counts = ["hits", "misses", "rate"]
        let times = ["saved", "unknownHits", "lost"]
        #expect(Self.keys(value["images"]?.array?.first) == ["name", "builds"] + counts + times)
        #expect(Self.keys(value["series"]?.array?.first) == ["series", "builds"] + counts + times)
        let step = ["series", "identity"] + counts + ["median"] + times + ["keepsFromTarget"]
        #expect(Self.keys(value["steps"]?.array?.first) == step)
        #expect(Self.keys(value["days"]?.array?.first) == ["start", "builds"] + counts)
        #expect(value["rate"] == .number("0.0625"))
        #expect(Self.keys(value["leftOut"]) == ["baseImage", "context", "export", "other"])
        #expect(value["weeks"]?.array?.first?["start"] == .string("2026-11-23T00:00:00Z"))
    }

    @Test
    func `An explanation has all its keys`() {
        let (a, b) = (WordSamples.first(), WordSamples.second())
        let value = MissJSON(b, MissExplanation.explain(b, earlier: [a], removals: [])).value
        #expect(Self.keys(value) == ["build", "roots", "unexplained", "steps"])
        let root = value["roots"]?.array?.first
        #expect(Self.keys(root) == ["cause", "origins", "steps", "duration"])
        let cause = [
            "kind", "certainty", "evidence", "step", "build", "name", "before", "now", "added", "removed", "files",
            "omitted", "removal",
        ]
        #expect(Self.keys(root?["cause"]) == cause)
        #expect(root?["cause"]?["files"]?.array?.count == 13)
        let steps = value["steps"]?.array ?? []
        #expect(
            steps.map { $0["outcome"]?.string }
                == ["uncacheable", "cached", "cached", "missed", "missed", "missed", "uncacheable"]
        )
        for step in steps {
            #expect(
                Self.keys(step) == ["number", "name", "outcome", "text", "duration", "comparedWith", "causes"]
            )
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `JSON of odd builds is read again and moves no cursor`(seed: UInt64) throws {
        var odd = OddBuilds(seed: seed)
        let (a, b) = (odd.build(day: -1), odd.build(day: 0))
        var rates = CacheRates()
        rates.add(a)
        rates.add(b)
        let texts = [
            ComparisonJSON(BuildComparison(a, b)).text, CacheReportJSON(rates.report).text,
            MissJSON(b, odd.explanations(of: b)).text,
        ]
        for text in texts {
            _ = try JSON(parsing: Array(text.utf8))
            let isCalm = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
            #expect(isCalm)
        }
    }
}
