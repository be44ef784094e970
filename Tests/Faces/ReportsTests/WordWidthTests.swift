import CaissonBuildModel
import CaissonInsights
import CaissonReporting
import CaissonReports
import Testing

struct WordWidthTests {
    private static let widths: [Int?] = [1, 2, 7, 9, 20, 40, 60, 80, 120, nil]

    /// Renderers of all texts of some odd builds.
    private static func texts(_ seed: UInt64) -> [(TextLayout) -> String] {
        var odd = OddBuilds(seed: seed)
        let build = odd.build(day: 0)
        let earlier = (1..<4).map { odd.build(day: -$0) }
        var baselines = StepBaselines(of: build)
        var rates = CacheRates()
        for other in earlier {
            rates.add(other)
            baselines.add(other)
        }
        rates.add(build)
        let found = MissExplanation.explain(build, earlier: earlier, removals: [])
        let groupings: [CacheReportGrouping?] = [nil] + CacheReportGrouping.allCases
        return [
            ComparisonText(BuildComparison(earlier[0], build)).text,
            PathText(build, CriticalPath(build), baselines.steps).text,
            MissText(build, odd.explanations(of: build)).text, MissText(build, found).text,
        ] + groupings.map { CacheReportText(rates.report, by: $0).text }
    }

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `No line is wider than the layout, and no control character is left`(seed: UInt64) {
        let texts = Self.texts(seed)
        for width in Self.widths {
            for text in texts.map({ $0(WordSamples.layout(width)) }) where !text.isEmpty {
                #expect(text.hasSuffix("\n"))
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.allSatisfy { CellWidth.cells($0) <= width ?? .max && $0.last != " " }, "\(text)")
                let isCalm = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
                #expect(isCalm, "\(text)")
            }
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `Colours change nothing but colours`(seed: UInt64) {
        var layout = WordSamples.layout(60)
        layout.colors = .standard
        for text in Self.texts(seed) {
            let (plain, colored) = (text(WordSamples.layout(60)), text(layout))
            #expect(SafeText.lines(Array(colored.utf8)) == SafeText.lines(Array(plain.utf8)))
        }
    }

    @Test
    func `Without signs beyond ASCII none are drawn`() {
        var layout = WordSamples.layout(80)
        layout.drawsUnicode = false
        let (a, b) = (WordSamples.first(), WordSamples.second())
        let texts = [
            ComparisonText(BuildComparison(a, b)).text(layout),
            PathText(b, CriticalPath(b), WordSamples.baselines(of: b)).text(layout),
            CacheReportText(WordSamples.report(), by: .day).text(layout),
        ]
        for text in texts { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
    }
}
