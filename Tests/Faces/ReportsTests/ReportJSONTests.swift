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
        #expect(value["totals"]?["medianSeconds"] == .number("68.2"))
        #expect(value["totals"]?["savedSeconds"] == .number("51340"))
        #expect(value["made"]?.string == "2026-11-30T20:30:00Z")
        #expect(value["regressions"]?.array?.first?["confidence"] == .number("0.97"))
    }
}
