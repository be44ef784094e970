import CaissonBuildModel
import CaissonForecasts
import CaissonJSON
import Testing

@Suite struct ForecastTextTests {
    private static let file = """
        ARG TAG=12
        FROM debian:12 AS build
        WORKDIR /
        RUN echo hi
        COPY go.mod ./
        ARG VERSION=1
        ENV MODE=fast
        RUN echo   $VERSION "$MODE" \\
            && true
        COPY src/ /src/
        RUN --mount=type=cache,target=/c date > /out

        FROM debian:12
        WORKDIR sub
        COPY --from=build /out /out
        COPY ["go.mod", "gm"]
        RUN <<F
        echo x
        F
        RUN ["/bin/echo", "j"]
        COPY --link src /x/

        """

    private static func forecast(_ text: String = file) -> BuildForecast {
        BuildForecast(of: ForecastInput(BuildRequest(context: .directory(".")), dockerfile: Array(text.utf8)))
    }

    // Docker 28 printed them so for this file with one more WORKDIR in the last stage, so that its counts were 8; the
    // second FROM it told under the name of the first alone.
    @Test func `names are those that the engine prints`() {
        #expect(
            Self.forecast().steps.map(\.name) == [
                "[build 1/7] FROM docker.io/library/debian:12", "[build 2/7] RUN echo hi", "[build 3/7] COPY go.mod ./",
                "[build 4/7] RUN echo   1 \"fast\"     && true", "[build 5/7] COPY src/ /src/",
                "[build 6/7] RUN --mount=type=cache,target=/c date > /out",
                "[stage-1 1/7] FROM docker.io/library/debian:12", "[stage-1 2/7] WORKDIR sub",
                "[stage-1 3/7] COPY --from=build /out /out", "[stage-1 4/7] COPY [go.mod, gm]",
                "[stage-1 5/7] RUN <<F (echo x)", "[stage-1 6/7] RUN [\"/bin/echo\", \"j\"]",
                "[stage-1 7/7] COPY --link src /x/",
            ]
        )
    }

    @Test func `what can't be read is said and no more`() {
        let forecast = Self.forecast("FORM debian\u{1B}[31m\n")
        #expect(forecast.steps.isEmpty)
        #expect(forecast.problem != nil)
        #expect(ForecastText(forecast).lines.count == 1)
    }

    @Test func `no line is too wide or has control characters`() {
        let lines = ForecastText(
            Self.forecast("FROM a\nRUN echo \u{1B}[31m " + String(repeating: "é", count: 300)),
            width: 60
        ).lines
        #expect(lines.allSatisfy { $0.unicodeScalars.count <= 60 && !$0.utf8.contains(0x1B) })
    }

    @Test func `a series is told in words and for programs`() throws {
        var series = SimulatedSeries()
        var world = SimulatedWorld(file: .plain)
        series.build(world)
        world.files["src/a.c"] = 2
        let forecast = BuildForecast(of: series.input(world))
        let lines = ForecastText(forecast).lines
        #expect(lines.contains("runs     2s        [7/7] RUN make > /out"))
        #expect(lines.contains { $0.contains("\"src/a.c\" changed") })
        #expect(lines.last == "5 cached, 2 to run, 0 unknown; about 4s")
        var writer = JSONWriter(.go)
        forecast.write(to: &writer)
        #expect(writer.text.contains(#""cause":"files""#))
        #expect(writer.text.contains(#""expectedMilliseconds":4000"#))
    }

    @Test(arguments: [
        "", "\u{0}", "FROM", "FROM a\nCOPY", "FROM $X\nRUN $Y", "FROM a AS a\nFROM a\nCOPY --from=9 a b",
        "FROM a\nCOPY --from=$X . .",
    ])
    func `strange files are no harm`(_ text: String) {
        for step in Self.forecast(text).steps { #expect(step.outcome == .unknown) }
    }
}
