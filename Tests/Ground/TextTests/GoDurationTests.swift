import CaissonText
import Testing

struct GoDurationTests {
    @Test(
        arguments: [
            ("90s", .seconds(90)), ("1h30m", .seconds(5400)), ("500ms", .milliseconds(500)), ("7", .seconds(7)),
            ("1.5s", .milliseconds(1500)), (".5m", .seconds(30)), ("1h0.5s", .milliseconds(3_600_500)),
            ("20us", .microseconds(20)), ("3ns", .nanoseconds(3)), ("0", .zero),
            ("4294967295", .seconds(4_294_967_295)),
        ] as [(String, Duration)]
    )
    func `spans are read as Go reads them`(text: String, span: Duration) {
        #expect(GoDuration.parse(text) == span)
    }

    @Test(arguments: [
        "", "s", "-1s", "-1", "1x", "1 s", "1..5s", ".", ".s", "1S", "1s5", "٣s", "1e3s", "infs", "4294967296",
        "3000000000h", "99999999999999h", "1193046h1193046h", "9999999999999999999",
    ])
    func `what is no span, or too long, is none`(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }
}
