import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonReporting

@Suite("The summary file of a batch")
struct BatchReportTests {
    static let evil =
        "a|b`c`<img src=x onerror=1>&amp;\n|x|\u{0}\u{1B}[31m]]>--></pre></details>\u{FFFE}*_~[l](http://e) www.e.com"

    /// A report in which every text is hostile.
    static var hostile: BatchReport {
        var report = BatchSamples.report
        report.command = [evil]
        for place in report.entries.indices {
            report.entries[place].name = evil
            report.entries[place].reason = evil
            let image = ImageArtifact(names: [evil, evil], digest: evil, id: evil, isPushed: true)
            report.entries[place].images = [image]
            guard let code = report.entries[place].failure?.code else { continue }
            let step = FailedStep(vertex: "", name: evil, exitCode: .min)
            report.entries[place].failure = BatchReport.Failure(BuildError(code, evil, step: step), log: [evil, evil])
        }
        return report
    }

    @Test(
        "The ending says how it is written",
        arguments: [
            ("a.json", BatchReportFormat.json), ("/tmp/x.y/report.XML", .xml), ("summary.md", .md),
            ("a.tar.json", .json),
        ]
    )
    func endings(path: String, format: BatchReportFormat) throws {
        #expect(try BatchReportFormat(ofFile: path) == format)
    }

    @Test(
        "Another ending is refused with the three that there are",
        arguments: ["", "a", "json", "a.txt", "a.md/b", "a.", "a\n.x"]
    )
    func wrong(path: String) {
        do throws(BuildError) {
            _ = try BatchReportFormat(ofFile: path)
            Issue.record("\(path) was taken")
        } catch {
            #expect(error.code == .usage)
            #expect([".json", ".xml", ".md"].allSatisfy(error.message.contains))
            #expect(!error.message.contains("\n"))
        }
    }

    @Test("GitHub's own file for summaries has no ending")
    func github() throws {
        let environment = ["GITHUB_STEP_SUMMARY": "/w/step_summary_1"]
        #expect(try BatchReportFormat(ofFile: "/w/step_summary_1", environment: environment) == .md)
        #expect(throws: BuildError.self) { try BatchReportFormat(ofFile: "/w/other", environment: environment) }
        #expect(throws: BuildError.self) { try BatchReportFormat(ofFile: "", environment: ["GITHUB_STEP_SUMMARY": ""]) }
    }

    @Test("JSON has all keys in their order, spans in seconds, times of RFC 3339")
    func json() throws {
        let text = BatchReportFormat.json.text(of: BatchSamples.report)
        let value = try JSON(parsing: Array(text.utf8))
        #expect(value.members?.map(\.name) == ["command", "started", "duration", "counts", "builds"])
        #expect(value["duration"] == .number("123.456"))
        #expect(value["started"]?.string == "2026-12-01T11:40:00Z")
        #expect(value["counts"]?["total"]?.integer == 5)
        #expect(value["counts"]?["timed-out"]?.integer == 1)
        let builds = try #require(value["builds"]?.array)
        let keys = [
            "name", "status", "reason", "id", "started", "duration", "attempts", "steps", "cachedSteps", "images",
            "imageSize", "error",
        ]
        #expect(builds.allSatisfy { $0.members?.map(\.name) == keys })
        #expect(builds[0]["duration"] == .number("12.34"))
        #expect(builds[0]["images"]?.array?.first?["pushed"] == .bool(true))
        #expect(builds[1]["error"]?["code"]?.string == "step")
        #expect(builds[1]["error"]?["exitCode"]?.integer == 2)
        #expect(builds[1]["error"]?["log"]?.array?.count == 3)
        #expect(builds[2]["reason"]?.string == "not built, as db failed")
        #expect(builds[3]["error"]?["code"]?.string == "timeout")
        let hostile = BatchReportFormat.json.text(of: Self.hostile)
        #expect(try JSON(parsing: Array(hostile.utf8))["builds"]?.array?.first?["name"]?.string == Self.evil)
        #expect(hostile.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    }

    @Test("An entry takes over what is remembered of a build")
    func record() {
        let entry = BatchReport.Entry("web", BuildSamples.records[1])
        #expect(entry.status == .succeeded)
        #expect(entry.duration == .milliseconds(12_340))
        #expect((entry.steps, entry.cachedSteps) == (10, 7))
        #expect(entry.id == BuildSamples.id("b"))
    }

    @Test("Markdown has a table and the logs of what failed")
    func markdown() {
        let text = BatchReportFormat.md.text(of: BatchSamples.report)
        #expect(text.hasPrefix("## ❌ 3 of 5 builds failed (2m 03s)\n\n| | Build | Duration |"))
        let image = "<code>registry.example/app&#58;1</code> and 1 more"
        #expect(text.contains("| ✅ | <code>app</code> | 12.3s | 7 of 9 | \(image) | 45.20MB |\n"))
        #expect(text.contains("| ❌ | <code>db&#124;&#96;x&#96;&#60;b&#62;</code> | 3.0s (2 attempts) | 0 of 4 |"))
        #expect(text.contains("| ⏭️ | <code>web</code> |  |  | not built, as db failed |  |\n"))
        #expect(text.components("<details>") == 3)
        #expect(text.contains("main.c:1: error: expected ';' &amp; more &lt;tag&gt; | ``\n"))
        #expect(text.contains("caisson builds logs bbbbbbbbbbbbbbbbbbbbbbbbb\n</pre>"))
        #expect(text.hasSuffix("started 2026-12-01T11:40:00Z\n"))
    }

    @Test("The heading says how the whole ended")
    func headings() {
        func heading(_ states: BuildStatus...) -> String {
            let entries = states.map { BatchReport.Entry("a", $0) }
            let report = BatchReport(started: BatchSamples.start, duration: .seconds(1), command: [], entries)
            return String(BatchReportFormat.md.text(of: report).prefix { $0 != "\n" })
        }
        #expect(heading(.succeeded) == "## ✅ 1 build succeeded (1.0s)")
        #expect(heading(.succeeded, .skipped) == "## ⚠️ 1 of 2 builds succeeded (1.0s)")
        #expect(heading(.succeeded, .interrupted, .cancelled) == "## ❌ 1 of 3 builds failed (1.0s)")
    }

    @Test("No name breaks the table or brings HTML of its own")
    func hostileMarkdown() {
        let text = BatchReportFormat.md.text(of: Self.hostile)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(rows.count == 6)
        #expect(rows.allSatisfy { $0.filter { $0 == "|" }.count == 7 })
        #expect(rows.allSatisfy { row in !["`", "<img", "*", "[", "www.", "http:"].contains { row.contains($0) } })
        let tags = ["details", "summary", "pre", "code"].flatMap { ["<\($0)>", "</\($0)>"] }
        #expect(text.components("<") == tags.reduce(0) { $0 + text.components($1) })
        #expect(text.components("</pre>") == 3)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    }

    @Test("It is never larger than GitHub takes, and what failed is kept before what went well")
    func bounds() {
        var report = BatchSamples.report
        let line = String(repeating: "<&", count: 500)
        let failure = BatchReport.Failure(BuildError(.step, line), log: Array(repeating: line, count: 1000))
        report.entries = (0..<4000).map { place in
            var entry = BatchReport.Entry("build-\(place)-" + line, place == 3999 ? .failed : .succeeded)
            entry.failure = place == 3999 ? failure : nil
            return entry
        }
        let text = BatchReportFormat.md.text(of: report)
        #expect(text.utf8.count < 1 << 20)
        #expect(text.contains("build-3999-"))
        #expect(text.contains("| | … and "))
        for place in report.entries.indices.prefix(500) {
            report.entries[place].status = .failed
            report.entries[place].failure = failure
        }
        let full = BatchReportFormat.md.text(of: report)
        #expect(full.utf8.count < 1 << 20)
        #expect(full.contains("more that failed are left out here"))
        #expect(full.hasSuffix("started 2026-12-01T11:40:00Z\n"))
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
