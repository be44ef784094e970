import CaissonBuildModel
import CaissonForecasts
import Testing

/// What is left open rather than claimed, and what an engine's cache says.
@Suite struct ForecastDoubtTests {
    private static func scene(
        _ file: SimulatedFile = .plain,
        _ edit: (inout SimulatedWorld) -> Void = { _ in }
    ) -> ForecastInput {
        var series = SimulatedSeries()
        var world = SimulatedWorld(file: file)
        edit(&world)
        series.build(world)
        return series.input(world)
    }

    private static func outcomes(_ input: ForecastInput) -> [ForecastOutcome] {
        BuildForecast(of: input).steps.map(\.outcome)
    }

    @Test func `an empty cache makes all run but the base`() {
        var input = Self.scene()
        input.records = []
        #expect(Self.outcomes(input) == [.unknown] + Array(repeating: .runs, count: 6))
    }

    @Test func `a record has to fit where records are known`() {
        var input = Self.scene(.small(.run("make"), .copy(["src"], "/s/")))
        input.records = [CacheRecord(id: "a", description: "mount / from exec /bin/sh -c make")]
        #expect(Self.outcomes(input) == [.cached, .cached, .unknown])
        input.records?.append(CacheRecord(id: "b", description: "[2/3] COPY src /s/"))
        #expect(Self.outcomes(input) == [.cached, .cached, .cached])
    }

    @Test func `an argument whose value isn't kept leaves a doubt`() {
        let file = SimulatedFile.small(.run("one"), .arg("API_TOKEN", nil), .run("two"))
        let input = Self.scene(file) { $0.arguments["API_TOKEN"] = "secret" }
        #expect(Self.outcomes(input) == [.cached, .cached, .unknown])
    }

    @Test func `another frontend may do anything`() {
        var input = Self.scene()
        input.dockerfile = Array("# syntax=docker/dockerfile:1\n".utf8) + input.dockerfile
        #expect(Self.outcomes(input).allSatisfy { $0 == .unknown })
    }

    @Test func `another cache may have what would run`() {
        var input = Self.scene()
        input.contexts[0].changes = [ContextChange(.content, "src/a.c", before: 1, after: 2)]
        #expect(Self.outcomes(input).suffix(2) == [.runs, .runs])
        input.request.caches.sources = [CacheSpec(kind: .registry, attributes: ["ref": "h/x"])]
        #expect(Self.outcomes(input).suffix(2) == [.unknown, .unknown])
    }

    @Test func `changes that aren't all known leave a doubt`() {
        var input = Self.scene()
        input.contexts[0].omitted = 1
        #expect(Self.outcomes(input) == [.cached, .cached, .cached, .unknown, .unknown, .unknown, .unknown])
        input.contexts = []
        #expect(Self.outcomes(input).suffix(4).allSatisfy { $0 == .unknown })
    }

    @Test func `without the text of that time the names have to do`() {
        let input = Self.scene(.variables) { $0.keepsText = false }
        let steps = BuildForecast(of: input).steps
        #expect(steps.allSatisfy { $0.outcome == .cached && $0.certainty == .likely })
    }

    // As Docker 28 does it: a directory is no step to run anew, but it runs on one that does.
    @Test func `what stands on a step that is to run runs, too`() {
        var input = Self.scene(.small(.workdir("/a"), .run("make"), .workdir("/w")))
        input.request.noCache = .all
        #expect(Self.outcomes(input) == [.cached, .unknown, .runs, .runs])
    }

    @Test func `each platform has its own steps`() throws {
        var request = BuildRequest(context: .directory("."))
        request.platforms = [try Platform(parsing: "linux/amd64"), try Platform(parsing: "linux/arm64")]
        let text = "FROM a\nARG TARGETARCH\nRUN echo $TARGETARCH\n"
        let steps = BuildForecast(of: ForecastInput(request, dockerfile: Array(text.utf8))).steps
        #expect(
            steps.map(\.name).filter { $0.contains("RUN") } == [
                "[linux/amd64 2/2] RUN echo amd64", "[linux/arm64 2/2] RUN echo arm64",
            ]
        )
    }
}
