import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("Progress as JSON")
struct RawJSONTests {
    @Test("what buildx printed comes out again byte for byte", arguments: EventFixture.all)
    func roundTrip(name: String) throws {
        let fixture = try EventFixture(name)
        for (line, status) in zip(fixture.lines, fixture.statuses) {
            let bytes = RawJSONRenderer().bytes(for: .status(status))
            #expect(String(decoding: bytes, as: UTF8.self) == line + "\n")
        }
    }

    @Test("all fields are written as Go writes them")
    func allFields() {
        let time = Timestamp(seconds: 1_700_000_000, nanoseconds: 120_000_000)
        let status = SolveStatus(
            vertexes: [
                Vertex(
                    digest: "sha256:a",
                    inputs: ["sha256:b"],
                    name: "<a> & \"b\"\\\u{1}\u{8}\n\u{2028}\u{FFFD}é",
                    isCached: true,
                    started: time,
                    completed: Timestamp(seconds: 0),
                    error: "e",
                    group: ProgressGroup(id: "g", name: "n", isWeak: true)
                )
            ],
            statuses: [VertexStatus(id: "", vertex: "v", timestamp: time)],
            logs: [VertexLog(vertex: "v", stream: 2, data: [0xFF], timestamp: time)],
            warnings: [
                VertexWarning(
                    vertex: "v",
                    short: [0x61],
                    detail: [[0x61, 0x62], []],
                    url: "u",
                    source: SourceInfo(filename: "f", data: [1, 2, 3], language: "Dockerfile"),
                    ranges: [
                        SourceRange(startLine: 3, endLine: 4, endCharacter: 1), SourceRange(startLine: 0, endLine: 0),
                    ]
                )
            ]
        )
        let expected =
            #"{"vertexes":[{"digest":"sha256:a","inputs":["sha256:b"],"name":"\u003ca\u003e \u0026 \"b\"\\\u0001\b\n"#
            + #"\u2028\ufffdé","started":"2023-11-14T22:13:20.12Z","completed":"1970-01-01T00:00:00Z","cached":true,"#
            + #""error":"e","progressGroup":{"id":"g","name":"n","weak":true}}],"#
            + #""statuses":[{"id":"","vertex":"v","current":0,"timestamp":"2023-11-14T22:13:20.12Z"}],"#
            + #""logs":[{"vertex":"v","stream":2,"data":"/w==","timestamp":"2023-11-14T22:13:20.12Z"}],"#
            + #""warnings":[{"vertex":"v","level":1,"short":"YQ==","detail":["YWI=",null],"url":"u","#
            + #""sourceInfo":{"filename":"f","data":"AQID","language":"Dockerfile"},"#
            + #""range":[{"start":{"line":3},"end":{"line":4,"character":1}},{"start":{},"end":{}}]}]}"# + "\n"
        #expect(String(decoding: RawJSONRenderer().bytes(for: .status(status)), as: UTF8.self) == expected)
    }

    @Test("a line for each status and none for what the format lacks")
    func otherEvents() {
        #expect(RawJSONRenderer().bytes(for: .status(SolveStatus())) == Array("{}\n".utf8))
        #expect(RawJSONRenderer().bytes(for: .notice("x")).isEmpty)
        #expect(RawJSONRenderer().bytes(for: .finished(.cancelled)).isEmpty)
    }

    @Test(
        "times are right at the calendar's edges",
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (-1, 5, "1969-12-31T23:59:59.000000005Z"),
            (4_107_542_399, 0, "2100-02-28T23:59:59Z"), (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"), (Int64.max, 0, "9999-12-31T23:59:59Z"),
            (Int64.min, 0, "0000-01-01T00:00:00Z"),
        ] as [(Int64, Int32, String)]
    )
    func times(seconds: Int64, nanoseconds: Int32, text: String) {
        #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).rfc3339 == text)
    }
}
