import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonReporting

@Suite("Spans of time in words")
struct SpanTextTests {
    @Test(
        "What was measured has two units at most",
        arguments: [
            (0.0, "0.0s"), (0.04, "0.0s"), (12.34, "12.3s"), (59.94, "59.9s"), (59.96, "1m 00s"), (65, "1m 05s"),
            (3599.4, "59m 59s"), (3599.6, "1h 00m"), (7500, "2h 05m"), (86_400, "1d 00h"), (273_600, "3d 04h"),
            (-5, "0.0s"), (.nan, "0.0s"),
        ]
    )
    func exact(seconds: Double, text: String) {
        #expect(SpanText.exact(seconds: seconds) == text)
    }

    @Test("Whatever a peer's clock says is a span")
    func extremes() {
        for seconds in [Double.infinity, -Double.infinity, 1e300, -1e300] {
            #expect(SpanText.exact(seconds: seconds).utf8.count < 20)
        }
        #expect(SpanText.exact(.seconds(Int64.max)).hasSuffix("h"))
        #expect(SpanText.rough(.seconds(Int64.max)).hasSuffix("m"))
        let (first, last) = (Timestamp(seconds: .min), Timestamp(seconds: .max))
        #expect(!SpanText.ago(first, now: last).isEmpty)
        #expect(!SpanText.ago(last, now: first).isEmpty)
    }

    @Test(
        "What is guessed has no more digits than it deserves",
        arguments: [
            (0, "5s"), (5, "5s"), (6, "10s"), (42, "45s"), (55, "55s"), (56, "1m"), (100, "2m"), (3540, "59m"),
            (3600, "1h"), (4700, "1h 20m"), (7190, "2h"),
        ]
    )
    func rough(seconds: Int, text: String) {
        #expect(SpanText.rough(.seconds(seconds)) == text)
    }

    @Test(
        "What is past is told by its largest unit, what is ahead by its date",
        arguments: [
            (0.5, "just now", "now"), (1, "1 second ago", "1s ago"), (59, "59 seconds ago", "59s ago"),
            (60, "1 minute ago", "1m ago"), (200, "3 minutes ago", "3m ago"), (7199, "1 hour ago", "1h ago"),
            (172_800, "2 days ago", "2d ago"), (1_209_600, "2 weeks ago", "2w ago"),
            (9_000_000, "3 months ago", "3mo ago"), (63_072_000, "2 years ago", "2y ago"),
            (-59, "just now", "now"), (-86_400, "2026-12-02", "ahead"),
        ]
    )
    func ago(seconds: Double, long: String, short: String) {
        let time = BuildSamples.now.advanced(by: -seconds)
        #expect(SpanText.ago(time, now: BuildSamples.now) == long)
        #expect(SpanText.shortAgo(time, now: BuildSamples.now) == short)
    }

    @Test("In JSON a span has milliseconds where it has them")
    func json() {
        func text(_ duration: Duration?) -> String { JSON.seconds(duration).line }
        #expect(text(nil) == "null")
        #expect(text(.zero) == "0")
        #expect(text(.seconds(12)) == "12")
        #expect(text(.milliseconds(12_340)) == "12.34")
        #expect(text(.milliseconds(5)) == "0.005")
        #expect(text(.microseconds(999_600)) == "1")
        #expect(text(.seconds(-3)) == "0")
        #expect(text(.seconds(Int64.max)) == "9223372036854775807")
    }
}
