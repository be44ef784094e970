import CaissonBuildModel
import CaissonReporting
import Foundation
import Testing

/// The recorded builds that the README's pictures show, as a terminal of 80 columns and 24 rows gets them.
///
/// `Scripts/pictures` draws the golden files, and `Scripts/check` holds that the pictures are theirs.
@Suite("Builds that are drawn")
struct PictureTests {
    private static let engine = "dockerd (API 1.51) at unix:///var/run/docker.sock"
    private static let image = "sha256:4aef860ff0c68fc16772c06a615450095e68b3cc7be44dde8d108a2e7b37b7a3"

    @Test("a terminal gets a build's steps and its image")
    func build() throws {
        let fixture = try EventFixture("greeting")
        let bytes = try shown(fixture, .succeeded(BuildResult(ref: "r", imageID: Self.image))).bytes
        #expect(try fixture.mismatch(bytes, golden: "terminal.txt") == nil)
    }

    @Test("a terminal gets a failed step, its place in the Dockerfile, the reason and what to do")
    func failure() throws {
        let fixture = try EventFixture("ignored-file")
        let text = try Data(contentsOf: fixture.folder.appending(path: "Dockerfile"))
        let source = SourceInfo(filename: "Dockerfile", data: Array(text), language: "Dockerfile")
        let vertex = try #require(fixture.statuses.flatMap(\.vertexes).last { !$0.error.isEmpty })
        let error = BuildError(
            .step,
            """
            "config.json" isn't in the build context — config.json is left out of the context by .dockerignore:1, “*”; \
            take it back there with a line “!config.json”
            """,
            excerpts: [SourceExcerpt(source: source, ranges: [SourceRange(startLine: 3, endLine: 3)])],
            step: FailedStep(vertex: vertex.digest, name: vertex.name, exitCode: nil)
        )
        let (bytes, model) = try shown(fixture, .failed(error))
        let report = BuildReport.describe(error, model: model, colors: .standard, log: nil)
        let lines = report.replacing("\n", with: "\r\n")
        #expect(try fixture.mismatch(bytes + lines, golden: "terminal.txt") == nil)
    }

    @Test(
        "a picture has the words that a terminal shows",
        arguments: [("build", "greeting", "hello"), ("failure", "ignored-file", "server")]
    )
    func picture(name: String, recording: String, image: String) throws {
        let golden = try EventFixture(recording).folder.appending(path: "terminal.txt")
        var terminal = VirtualTerminal(width: 80, height: 40)
        terminal.send("$ caisson build -t \(image) .\r\n" + (try String(contentsOf: golden, encoding: .utf8)))
        let file = EventFixture.root.appending(path: "../../Documentation/\(name).svg").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: "<desc id=\"desc\">")).upperBound
        let words = text[start...].components(separatedBy: "</desc>")[0]
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        #expect(words.components(separatedBy: "\n") == terminal.transcript)
    }

    /// What is written to the terminal while the events come, a frame for each, and what is known in the end.
    private func shown(_ fixture: EventFixture, _ outcome: BuildOutcome) throws -> (bytes: String, model: ProgressModel)
    {
        let (width, height) = (80, 24)
        let start = try #require(fixture.statuses.lazy.flatMap(\.vertexes).compactMap(\.started).first)
        let first = BuildEvent.of(.attempt(BuildAttempt(on: Self.engine, limit: 1)), at: start)
        var model = ProgressModel()
        var screen = TTYScreen()
        var bytes = ""
        for event in [first] + fixture.statuses.map({ .status($0) }) {
            model.apply(event)
            let now = model.latest ?? start
            let frame = TTYRenderer().render(model, width: width, height: height, now: now, colors: .standard)
            bytes += screen.draw(frame, width: width, height: height)
        }
        model.apply(.finished(outcome))
        let now = try #require(model.latest)
        let last = TTYRenderer().renderFinal(model, width: width, now: now, colors: .standard)
        return (bytes + screen.finish(last, width: width), model)
    }
}
