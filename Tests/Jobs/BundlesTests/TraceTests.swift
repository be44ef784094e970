import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonBundles

struct TraceTests {
    private typealias Write = (BuildDossier, ([UInt8]) throws -> Void) throws -> Void

    private func json(_ write: Write, _ dossier: BuildDossier) throws -> JSON {
        var bytes: [UInt8] = []
        try write(dossier) { bytes += $0 }
        return try JSON(parsing: bytes)
    }

    private func spans(_ dossier: BuildDossier) throws -> [JSON] {
        let json = try json(OTLPTrace.write, dossier)
        return json["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array ?? []
    }

    private func large(_ count: Int) -> BuildDossier {
        var dossier = BuildDossier(BuildRecord(BuildSubmission(BuildID(), .build, at: Timestamp(seconds: 1000))))
        dossier.record.status = .succeeded
        var random = SeededGenerator(state: 1)
        for number in 1...count {
            var step = StepRecord(number, digest: "sha256:\(number)", name: "[stage \(number)/\(count)] RUN \(number)")
            let start = Int64.random(in: 0..<10_000, using: &random)
            step.started = Timestamp(seconds: 1000 + start / 1000, nanoseconds: Int32(start % 1000) * 1_000_000)
            let end = start + Int64.random(in: 0..<200, using: &random)
            step.completed = Timestamp(seconds: 1000 + end / 1000, nanoseconds: Int32(end % 1000) * 1_000_000)
            if number > 1 { step.inputs = [Int.random(in: 1..<number, using: &random)] }
            dossier.steps.append(step)
        }
        return dossier
    }

    @Test
    func `OTLP has a root and a span for each step that began`() throws {
        let dossier = Bundling.dossier()
        let spans = try spans(dossier)
        #expect(spans.count == 3)
        #expect(Set(spans.map { $0["traceId"]?.string?.utf8.count }) == [32])
        #expect(Set(spans.map { $0["spanId"]?.string }).count == 3)
        #expect(spans.allSatisfy { $0["spanId"]?.string?.utf8.count == 16 })
        #expect(spans[0]["parentSpanId"] == nil)
        #expect(spans[0]["name"]?.string == "build app")
        #expect(spans[0]["startTimeUnixNano"]?.string == "1796175255677309043")
        #expect(spans[0]["status"]?["code"]?.integer == 2)
        #expect(spans[0]["status"]?["message"]?.string == "it failed")
        #expect(spans[1]["name"]?.string == "[internal] load\u{0}\u{2028}")
        #expect(spans[1]["status"]?["code"]?.integer == 1)
        #expect(spans[2]["parentSpanId"] == spans[0]["spanId"])
        #expect(spans[2]["links"]?.array?.map { $0["spanId"] } == [spans[1]["spanId"]])
        let notes = spans[2]["attributes"]?.array ?? []
        func note(_ name: String) -> JSON? { notes.first { $0["key"]?.string == name }?["value"] }
        #expect(note("vertex")?["stringValue"]?.string == "sha256:2")
        #expect(note("caisson.stage")?["stringValue"]?.string == "base")
        #expect(note("caisson.platform")?["stringValue"]?.string == "linux/arm64")
        #expect(note("caisson.cached")?["boolValue"] == .bool(false))
        #expect(note("caisson.step")?["intValue"]?.string == "2")
        #expect(note("caisson.error")?["stringValue"]?.string == "exit code: 7")
        #expect(try self.spans(dossier) == spans, "ids are the same each time")
    }

    @Test
    func `Times that make no sense don't break a trace`() throws {
        var dossier = Bundling.dossier()
        dossier.record.started = Timestamp(seconds: .max)
        dossier.record.ended = Timestamp(seconds: .min)
        dossier.steps[0].started = Timestamp(seconds: .min)
        dossier.steps[1].completed = Timestamp(seconds: 0)
        dossier.steps[2].started = Timestamp(seconds: .max, nanoseconds: 5)
        dossier.steps[2].inputs = [3, 3, -1, .max, 2]
        #expect(try spans(dossier).count == 4)
        for write in [ChromeTrace.write, JaegerTrace.write] { _ = try json(write, dossier) }
        try SpanStubs.write(dossier) { _ = try JSON(parsing: $0) }
    }

    @Test
    func `Chrome's events lie in lanes without overlapping`() throws {
        let dossier = large(500)
        let events = try json(ChromeTrace.write, dossier)["traceEvents"]?.array ?? []
        var ends: [Int64: [(Double, Double)]] = [:]
        for event in events where event["ph"]?.string == "X" && event["cat"]?.string == "step" {
            guard case .number(let start)? = event["ts"], case .number(let length)? = event["dur"],
                let start = Double(start), let length = Double(length), let lane = event["tid"]?.integer
            else { continue }
            ends[lane, default: []].append((start, start + length))
        }
        #expect(ends.values.map(\.count).reduce(0, +) == 500)
        for lane in ends.values {
            let sorted = lane.sorted { $0 < $1 }
            #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.1 <= $1.0 + 0.0001 })
        }
        let arrows = events.filter { ["s", "f"].contains($0["ph"]?.string) }
        #expect(arrows.count == 2 * 499)
        #expect(Set(arrows.map { $0["id"]?.string }).count == 499)
        let names = events.filter { $0["name"]?.string == "thread_name" }.map { $0["args"]?["name"]?.string }
        #expect(names.prefix(2) == ["build", "steps 1"])
        #expect(names.count == ends.count + 1)
    }

    @Test
    func `Ten thousand steps come in pieces`() throws {
        let dossier = large(10_000)
        for write in [OTLPTrace.write, ChromeTrace.write, JaegerTrace.write] {
            var (pieces, largest) = (0, 0)
            try write(dossier) { bytes in
                pieces += 1
                largest = max(largest, bytes.count)
            }
            #expect(pieces > 10_000)
            #expect(largest < 64 << 10)
        }
    }

    @Test
    func `Jaeger's spans have references and microseconds`() throws {
        let trace = try #require(try json(JaegerTrace.write, Bundling.dossier())["data"]?.array?.first)
        let spans = trace["spans"]?.array ?? []
        #expect(spans.count == 3)
        #expect(spans[2]["references"]?.array?.map { $0["refType"]?.string } == ["FOLLOWS_FROM", "CHILD_OF"])
        #expect(spans[2]["startTime"]?.integer == 1_796_175_255_900_000)
        #expect(spans[2]["duration"]?.integer == 99_999)
        #expect(trace["processes"]?["p0"]?["serviceName"]?.string == "caisson")
    }

    @Test
    func `The spans of a bundle have what buildx's have`() throws {
        var ours: [JSON] = []
        try SpanStubs.write(Bundling.dossier()) { ours.append(try JSON(parsing: $0)) }
        let build = try #require(try Bundling.open(try Bundling.fixture()).next())
        let document = try #require(build.documents.first { $0.type == BundleMediaType.trace })
        let text = String(decoding: try build.bytes(of: document), as: UTF8.self)
        let end = try #require(text.firstRange(of: "\n}\n"))
        let theirs = try JSON(parsing: Array(text[..<end.upperBound].utf8))
        #expect(ours.first?.members?.map(\.name) == theirs.members?.map(\.name))
        #expect(ours.first?["SpanContext"]?.members?.map(\.name) == theirs["SpanContext"]?.members?.map(\.name))
        #expect(ours.first?["Parent"]?["TraceID"]?.string == String(repeating: "0", count: 32))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (1_796_175_189_039_160_780, "2026-12-02T01:33:09.03916078Z"), (Int64.max, "2262-04-11T23:47:16.854775807Z"),
        (-5, "1970-01-01T00:00:00Z"),
    ])
    func `Times are spelled as Go does`(time: Int64, text: String) {
        #expect(RFC3339.text(time) == text)
    }

    @Test(
        arguments: [
            ("[internal] load", nil, nil, true), ("[2/5] RUN", nil, nil, false), ("[a 2/5] RUN", "a", nil, false),
            ("[linux/amd64 a 10/12] RUN", "a", "linux/amd64", false), ("[a b] RUN", nil, nil, false),
            ("[", nil, nil, false),
            ("", nil, nil, false), ("[]", nil, nil, false), ("exporting", nil, nil, false),
        ] as [(String, String?, String?, Bool)]
    )
    func `Names tell of stages`(name: String, stage: String?, platform: String?, isInternal: Bool) {
        let title = StepTitle(name)
        #expect(title.stage == stage)
        #expect(title.platform == platform)
        #expect(title.isInternal == isInternal)
    }

    @Test(
        arguments: [
            [0x0A], [0x0A, 5, 1], [0x80], [UInt8](repeating: 0xFF, count: 12), [0x0B], [0x09, 1, 2],
            [0x0A, 2, 0x2A, 1],
        ] as [[UInt8]]
    )
    func `What is no message is refused`(bytes: [UInt8]) {
        #expect(throws: WireReader.Malformed.self) { _ = try StatusMessage(bytes) }
    }
}
