import Testing

@testable import CaissonContainerJobs

@Suite struct StepMarkerTests {
    private static func marker(_ text: String) -> StepMarker? { StepMarker(line: Array(text.utf8)) }

    @Test func `lines of the exact form are markers`() {
        #expect(Self.marker("::caisson begin image 17") == .begin("image", at: 17))
        #expect(Self.marker("::caisson begin image 17\r\n") == .begin("image", at: 17))
        var end = StepMarker.End("bindeb-pkg", .fail, status: 2, at: 90)
        (end.cpu, end.memory, end.why) = (5, 7, "no rule é")
        let line = "::caisson end bindeb-pkg FAIL 2 90 cpu=5 new=thing rss=7 why=no%20rule%20%C3%A9"
        #expect(Self.marker(line) == .end(end))
    }

    @Test(
        arguments: [
            "", "::caisson", " ::caisson begin a 1", "::caisson begin a", "::caisson begin a 1 2", "::caisson begin  1",
            "::caisson begin ../a 1", "::caisson begin .a 1", "::caisson begin a -1",
            "::caisson begin a 9223372036854775807",
            "::caisson end a PASS 0", "::caisson end a GOOD 0 1", "::caisson end a PASS 256 1",
            "::caisson end a PASS x 1",
            "::caisson stop a 1", "::caisson begin \u{E9} 1", "::caisson  begin a 1",
        ]
    )
    func `other lines are output`(_ line: String) {
        #expect(Self.marker(line) == nil)
    }

    @Test func `bytes of no text and lines without an end are output`() {
        #expect(StepMarker(line: Array("::caisson begin ".utf8) + [0xFF, 0x20, 0x31]) == nil)
        let why = String(repeating: "x", count: 9000)
        #expect(Self.marker("::caisson end a PASS 0 1 why=" + why) == nil)
    }

    @Test func `values that can't be are left out`() {
        let line = "::caisson end a SKIP 0 1 cpu=-4 rss=many why=%FF cpu"
        #expect(Self.marker(line) == .end(StepMarker.End("a", .skip, at: 1)))
    }

    @Test func `steps are told in their order, each as it came out in the end`() {
        let text = """
            ::caisson begin config 10
            noise
            ::caisson end config PASS 0 15
            ::caisson end image PASS 0 16
            ::caisson begin image 20
            ::caisson end image FAIL 2 30
            ::caisson begin image 40
            ::caisson end image PASS 0 70
            ::caisson begin modules 71
            """
        let steps = JobSteps(Array(text.utf8))
        #expect(steps.steps.map(\.name) == ["config", "image", "modules"])
        #expect(steps["image"]?.duration == 30)
        #expect(steps["config"]?.state == .pass)
        #expect(steps.failed?.name == "modules")
        #expect(steps["modules"]?.duration == nil)
    }

    @Test func `a thousand steps are the most`() {
        let text = (0..<1500).map { "::caisson begin s\($0) 1\n" }.joined()
        #expect(JobSteps(Array(text.utf8)).steps.count == 1000)
    }

    @Test(arguments: [
        "::caisson begin a +1", "::caisson begin a \u{661}", "::caisson end a PASS +0 1", "::caisson end a PASS -0 1",
        "::caisson begin a 1 \u{301}", "::caisson begin a \u{301}1", "::caisson begin a\u{301} 1",
        "::caisson \u{301}begin a 1",
        "::caisson begin a 1\r", "::caisson end a PASS 0 1\n\n", "::caisson begin .\u{301} 1",
    ])
    func `what only looks like a marker is output`(_ line: String) {
        let isEnded = line.hasSuffix("\r")
        #expect((Self.marker(line) == nil) == !isEnded)
        #expect(Self.marker(line + "\n\r") == nil)
    }

    @Test func `a mark behind a separator hides no word`() {
        var end = StepMarker.End("a", .fail, status: 1, at: 2)
        end.why = "\u{301}x"
        #expect(Self.marker("::caisson end a FAIL 1 2 why=\u{301}x") == .end(end))
        #expect(Self.marker("::caisson end a FAIL 1 2 \u{301}cpu=7 why=\u{301}x") == .end(end))
    }

    @Test func `any line is a marker or output, and any text has no more steps than names`() {
        let pieces = [
            "::caisson ", "begin ", "end ", "image ", "config ", "PASS ", "FAIL ", "0 ", "1700000000000", " cpu=",
            "why=", "%FF",
            "\n", "\u{301}", "-1", "9223372036854775808",
        ]
        let valid = Array("::caisson end image FAIL 2 90 cpu=5 rss=7 why=no%20rule".utf8)
        var markers = 0
        for round in 0..<4000 {
            let line = round % 2 == 0 ? RandomBytes.joined(pieces, upTo: 8) : RandomBytes.mutated(valid)
            if StepMarker(line: line) != nil { markers += 1 }
            let text = Array(repeating: line, count: 3).joined(separator: [0x0A])
            #expect(JobSteps(Array(text)).steps.allSatisfy { StepMarker.isName($0.name) && ($0.duration ?? 0) >= 0 })
        }
        #expect(markers > 100)
    }
}
