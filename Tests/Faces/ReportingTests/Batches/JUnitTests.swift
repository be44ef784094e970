import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("A batch as JUnit's XML")
struct JUnitTests {
    @Test("It is what the readers of it know")
    func whole() {
        let text = BatchReportFormat.xml.text(of: BatchSamples.report)
        #expect(
            text.hasPrefix(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="caisson batch" tests="5" failures="1" errors="2" skipped="1" time="123.456">
                  <testsuite name="caisson batch" tests="5" failures="1" errors="2" skipped="1" time="123.456" \
                timestamp="2026-12-01T11:40:00">
                    <properties>
                      <property name="command" value="caisson batch --jobs 4 --summary report.xml"/>
                    </properties>
                    <testcase name="app" classname="caisson.batch" time="12.340">
                      <system-out>7 of 9 steps cached

                """
            )
        )
        #expect(
            text.contains(
                """
                    <testcase name="db|`x`&lt;b&gt;" classname="caisson.batch" time="3.000">
                      <failure message="RUN make -j4 all failed with exit code 2" type="step">RUN make -j4 all failed with \
                exit code 2
                step: [build 3/3] RUN make -j4 all (exit code 2)
                cc -c main.c
                main.c:1: error: expected ';' &amp; more &lt;tag&gt; | ``
                make: *** [all] Error 1</failure>

                """
            )
        )
        #expect(text.contains("      <skipped message=\"not built, as db failed\"/>\n"))
        #expect(text.contains("<error message=\"late took longer than 2h\" type=\"timeout\">"))
        #expect(text.contains("<error message=\"dockerd can't be reached\" type=\"engine\">"))
    }

    @Test("Whatever the texts hold, it is well-formed and has one case a build")
    func hostile() throws {
        let elements = try #require(XMLElements(BatchReportFormat.xml.text(of: BatchReportTests.hostile)))
        #expect(elements.count("testcase") == 5)
        #expect(elements.count("failure") == 1)
        #expect(elements.count("error") == 2)
        #expect(elements.count("skipped") == 1)
        #expect(elements.count("system-out") == 5)
        #expect(elements.count("img") == 0)
        #expect(XMLElements("<a><b></a>") == nil)
        #expect(XMLElements("<a>\u{1}</a>") == nil)
        #expect(XMLElements("<a b=\"<\"/>") == nil)
    }

    @Test("Scalars without a place in XML 1.0 are left out, the others come back")
    func escapes() {
        let text = "a<b>&\"'\u{0}\u{8}\u{B}\u{1F}\u{7F}\u{9B}\u{FFFE}\u{FFFF}é😀"
        #expect(XMLText.escaped(text) == "a&lt;b&gt;&amp;&quot;'é😀")
        #expect(XMLText.escaped("a\tb\nc\rd") == "a&#9;b&#10;c&#13;d")
        #expect(XMLText.escaped("a\tb\nc\rd", keepsLines: true) == "a\tb\nc&#13;d")
    }

    @Test("A file to show that a text names isn't shown by GitLab")
    func attachment() {
        var report = BatchSamples.report
        report.entries[0].images[0].names = ["[[ATTACHMENT|/etc/passwd]]"]
        #expect(!BatchReportFormat.xml.text(of: report).contains("[[ATTACHMENT"))
    }

    @Test("Logs are bounded, and their end is kept")
    func bounds() {
        var report = BatchSamples.report
        let log = (0..<20_000).map { "line \($0)" }
        report.entries = [report.entries[1]]
        report.entries[0].failure?.log = log
        let text = BatchReportFormat.xml.text(of: report)
        #expect(text.utf8.count < JUnitText.logLimit + 4096)
        #expect(text.contains("\n...\n"))
        #expect(text.contains("line 19999</failure>"))
        #expect(["abc", "de"].last(bytes: 7).lines == ["abc", "de"])
        #expect(["abc", "de"].last(bytes: 6).lines == ["de"])
        #expect(["abcdef"].last(bytes: 3).lines == ["def"])
        #expect(["abcdef"].last(bytes: 3).isCut)
        #expect([String]().last(bytes: 3).lines.isEmpty)
    }

    @Test("How builds ended is what JUnit has for it")
    func verdicts() {
        func element(_ status: BuildStatus, _ code: BuildError.Code?) -> String? {
            var entry = BatchReport.Entry("a", status)
            entry.failure = code.map { BatchReport.Failure(BuildError($0, "m")) }
            let report = BatchReport(started: BatchSamples.start, duration: .zero, command: [], [entry])
            let text = BatchReportFormat.xml.text(of: report)
            return ["failure", "error", "skipped"].first { text.contains("<\($0) ") }
        }
        #expect(element(.succeeded, nil) == nil)
        #expect(element(.failed, .step) == "failure")
        #expect(element(.failed, .usage) == "failure")
        #expect(element(.failed, nil) == "failure")
        #expect(element(.failed, .engine) == "error")
        #expect(element(.failed, .output) == "error")
        #expect(element(.failed, .deadlineExceeded) == "error")
        #expect(element(.timedOut, nil) == "error")
        #expect(element(.interrupted, nil) == "error")
        #expect(element(.cancelled, nil) == "skipped")
        #expect(element(.queued, nil) == "skipped")
    }
}

/// The elements of a well-formed file of XML, as far as ours are made: no comments, no CDATA.
private struct XMLElements {
    private var names: [String] = []

    /// Reads a file; nil where it isn't well-formed.
    init?(_ text: String) {
        let isAllowed = text.unicodeScalars.allSatisfy {
            $0 == "\t" || $0 == "\n" || ($0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF)
        }
        var open: [Substring] = []
        guard isAllowed else { return nil }
        for (place, piece) in text.split(separator: "<", omittingEmptySubsequences: false).enumerated().dropFirst() {
            guard let end = piece.firstIndex(of: ">"), place > 0 else { return nil }
            let tag = piece[..<end]
            let between = piece[end...].dropFirst()
            guard !between.contains(">"), Self.hasReferencesOnly(between), Self.hasReferencesOnly(tag) else {
                return nil
            }
            if tag.hasPrefix("?") { continue }
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return nil }
                continue
            }
            guard tag.filter({ $0 == "\"" }).count.isMultiple(of: 2) else { return nil }
            let name = tag.prefix { $0 != " " && $0 != "/" }
            names.append(String(name))
            if !tag.hasSuffix("/") { open.append(name) }
        }
        guard open.isEmpty else { return nil }
    }

    func count(_ name: String) -> Int { names.count { $0 == name } }

    private static func hasReferencesOnly(_ text: Substring) -> Bool {
        text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy { piece in
            ["amp;", "lt;", "gt;", "quot;", "#9;", "#10;", "#13;"].contains { piece.hasPrefix($0) }
        }
    }
}
