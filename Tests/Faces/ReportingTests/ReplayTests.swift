import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("Recorded builds replayed against golden files")
struct ReplayTests {
    static let outcomes: [String: BuildOutcome] = [
        "failing-run": .failed(BuildError(.step, "process exited with 3")),
        "cut-off": .failed(BuildError(.engine, "the engine broke off")),
    ]

    static func outcome(of name: String) -> BuildOutcome {
        outcomes[name] ?? .succeeded(BuildResult(ref: "r", imageID: "sha256:" + String(repeating: "ab", count: 32)))
    }

    @Test("plain text is what the golden file says", arguments: EventFixture.all)
    func plain(name: String) throws {
        let fixture = try EventFixture(name)
        var renderer = PlainRenderer()
        var text = ""
        for event in fixture.events { text += renderer.text(for: event) }
        text += renderer.text(for: .finished(Self.outcome(of: name)))
        #expect(try fixture.mismatch(text, golden: "plain.txt") == nil)
    }
}
