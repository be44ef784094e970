import CaissonReporting
import CaissonReports
import Testing

struct TextReportTests {
    /// A text without the escape sequences of our own colours.
    private static func plain(_ text: String) -> String {
        var (out, isEscape) = ("", false)
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}" { isEscape = true }
            if !isEscape { out.unicodeScalars.append(scalar) }
            if scalar == "m" { isEscape = false }
        }
        return out
    }

    @Test(arguments: Samples.all.map(\.name))
    func `No line is wider than the terminal`(name: String) throws {
        let page = try Samples.page(name)
        for width in [10, 20, 21, 33, 40, 59, 60, 79, 80, 100, 120, 200] {
            let text = TextReport.text(page, width: width)
            for line in text.split(separator: "\n") {
                #expect(CellWidth.cells(line) <= width, "\(width): \(line)")
            }
        }
    }

    @Test(arguments: Samples.all.map(\.name))
    func `No control character gets through`(name: String) throws {
        let text = TextReport.text(try Samples.page(name), width: 80)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) })
        #expect(!text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
    }

    @Test(arguments: Samples.all.map(\.name))
    func `Colours change nothing else`(name: String) throws {
        let page = try Samples.page(name)
        for width in [20, 40, 80, 120] {
            let coloured = TextReport.text(page, width: width, colors: .standard)
            #expect(Self.plain(coloured) == TextReport.text(page, width: width))
        }
    }

    @Test
    func `Bars show when steps ran`() {
        let text = TextReport.text(Samples.failed, width: 80)
        #expect(text.pieces(after: "▓▓▓").count >= 1)
        #expect(text.pieces(after: "░░░").count >= 1)
        #expect(text.pieces(after: "✕ RUN make part-5 of everything").count == 1)
        #expect(text.pieces(after: "! The build failed in step 6.\n").count == 1)
        #expect(text.pieces(after: "│ main.c:59:7: error: expected ‘;’ before ‘return’ here\n").count == 1)
    }

    @Test
    func `A page without builds says so`() {
        let text = TextReport.text(ReportPage(title: "Nothing", made: Samples.made), width: 80)
        #expect(text == "Nothing\nmade 2026-11-30 20:30 UTC\nThere are no builds to report on.\n")
    }

    @Test
    func `Of many steps the short ones are counted`() {
        let text = TextReport.text(Samples.focus(steps: 2000), width: 80)
        #expect(text.pieces(after: "1,900 shorter steps not shown").count == 1)
    }
}
