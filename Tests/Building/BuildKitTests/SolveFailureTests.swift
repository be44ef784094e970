import CaissonBuildModel
import FoundationEssentials
import Testing

@testable import CaissonBuildKit

@Suite struct SolveFailureTests {
    private static let prefix = "github.com/moby/buildkit/"

    private static func failure(_ message: String, _ details: [(String, String)]) -> SolveFailure {
        SolveFailure(
            GRPCError(.unknown, message, details: details.map { .init(type: prefix + $0.0, value: Array($0.1.utf8)) })
        )
    }

    @Test func `the details of today's engines name step, place and exit status`() {
        let failure = Self.failure(
            "process \"/bin/sh -c false\" did not complete successfully: exit code: 1",
            [
                ("stack.Stack+json", "{}"),
                ("errdefs.Solve+json", #"{"inputIDs":["a"]}"#),
                ("errdefs.Vertex+json", #"{"digest":"sha256:abc"}"#),
                (
                    "errdefs.Source+json",
                    #"{"info":{"filename":"Dockerfile","data":"RlJPTSB4ClJVTiBmYWxzZQ==","language":"Dockerfile"},"#
                        + #""ranges":[{"start":{"line":2},"end":{"line":2,"character":9}}]}"#
                ),
                ("gatewayapi.ExitMessage+json", #"{"Code":7}"#),
            ]
        )
        #expect(failure.vertex == "sha256:abc")
        #expect(failure.exitCode == 7)
        let source = SourceInfo(filename: "Dockerfile", data: Array("FROM x\nRUN false".utf8), language: "Dockerfile")
        let range = SourceRange(startLine: 2, startCharacter: 0, endLine: 2, endCharacter: 9)
        #expect(failure.excerpts == [SourceExcerpt(source: source, ranges: [range])])
    }

    @Test func `an engine that says the exit status in words is understood`() {
        let failure = Self.failure("executor failed running [/bin/sh -c exit 3]: exit code: 3", [])
        #expect(failure.exitCode == 3)
        #expect(failure.vertex == nil)
        #expect(Self.failure("exit code: ", []).exitCode == nil)
        #expect(Self.failure("exit code: 99999999999999999999", []).exitCode == nil)
    }

    @Test func `the same place told twice is one excerpt`() {
        let source = #"{"info":{"filename":"D","data":null},"ranges":[{"start":{"line":1},"end":{"line":1}}]}"#
        let failure = Self.failure("m", [("errdefs.Source+json", source), ("errdefs.Source+json", source)])
        #expect(failure.excerpts.count == 1)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "42", #"{"info":{"data":"%%%"}}"#, #"{"digest":3}"#, #"{"Code":"x"}"#,
        String(repeating: "[", count: 5000),
    ])
    func `details that aren't what they say are left out`(json: String) {
        for type in ["errdefs.Source+json", "errdefs.Vertex+json", "gatewayapi.ExitMessage+json", "", "/", "x"] {
            let failure = Self.failure("m", [(type, json)])
            #expect(failure.message == "m")
            #expect(failure.vertex == nil)
            #expect(failure.exitCode == nil)
        }
    }

    @Test func `a source without ranges or names has the defaults`() {
        let failure = Self.failure("m", [("errdefs.Source+json", #"{"info":{},"ranges":[{}]}"#)])
        #expect(failure.excerpts.first?.source.filename == "Dockerfile")
        #expect(failure.excerpts.first?.ranges.first?.startLine == 0)
    }

    @Test func `a status update keeps every value of the wire`() {
        var wire = WireStatusResponse()
        var vertex = WireVertex()
        vertex.digest = "sha256:1"
        vertex.inputs = ["sha256:0"]
        vertex.name = "[1/2] RUN x"
        vertex.cached = true
        vertex.started.seconds = .max
        vertex.started.nanos = -1
        vertex.error = "boom"
        vertex.progressGroup.id = "g"
        wire.vertexes = [vertex]
        var log = WireVertexLog()
        log.stream = .min
        log.msg = Data([0xff, 0])
        wire.logs = [log]
        var warning = WireVertexWarning()
        warning.level = .max
        warning.short = Data("w".utf8)
        warning.info.filename = "Dockerfile"
        warning.ranges = [WireRange()]
        wire.warnings = [warning]
        let status = SolveStatus(wire)
        #expect(status.vertexes.first?.started == Timestamp(seconds: .max, nanoseconds: -1))
        #expect(status.vertexes.first?.completed == nil)
        #expect(status.vertexes.first?.group?.id == "g")
        #expect(status.vertexes.first?.isCached == true)
        #expect(status.logs.first?.data == [0xff, 0])
        #expect(status.warnings.first?.source?.filename == "Dockerfile")
        #expect(status.warnings.first?.ranges.count == 1)
    }
}
