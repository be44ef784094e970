import CaissonJSON
import CaissonBuildModel
import Foundation
import Testing

@testable import CaissonSecrets

@Suite struct OutgoingMaskTests {
    /// Fields that stay as they are, and why.
    private static let keys = [
        "Vertex.digest": "the key of a step", "Vertex.inputs": "keys of steps",
        "ProgressGroup.id": "the key of a group",
        "VertexStatus.vertex": "the key of a step", "VertexLog.vertex": "the key of a step",
        "VertexWarning.vertex": "the key of a step", "FailedStep.vertex": "the key of a step",
        "BuildResult.ref": "the build's reference", "BuildResult.imageID": "a digest", "BuildResult.digest": "a digest",
        "ContextSnapshot.key": "a hash", "Origin.directory": "a hash", "ImageArtifact.digest": "a digest",
        "ImageArtifact.id": "a digest",
    ]

    private static func mask(_ secrets: [String] = [OutgoingExamples.secret]) throws -> OutgoingMask {
        OutgoingMask(SecretMask(try SecretPatterns(secrets.map { Array($0.utf8) })))
    }

    private static func masked(_ kind: BuildEvent.Kind) throws -> [BuildEvent.Kind] {
        var masking = EventMasking(try mask())
        return masking.take(kind)
    }

    @Test func `every kind of event has an example, with a secret in every text of it`() {
        let examples = OutgoingExamples.kinds
        #expect(Set(examples.map(OutgoingExamples.Name.init)) == Set(OutgoingExamples.Name.allCases))
        for example in examples {
            let texts = OutgoingTexts(in: example).all
            let bare = texts.filter { $0.text?.contains(OutgoingExamples.secret) != true }
            #expect(bare.map(\.field) == [], "\(example)")
        }
    }

    @Test func `no text of any event shows a secret`() throws {
        for example in OutgoingExamples.kinds {
            let masked = try Self.masked(example)
            #expect(masked.count == 1)
            expectMasked(masked)
        }
    }

    @Test func `neither does an error, a result or an answer that is handed back`() throws {
        let mask = try Self.mask()
        expectMasked(mask.apply(OutgoingExamples.error))
        expectMasked(mask.apply(OutgoingExamples.result))
        expectMasked(mask.apply(OutgoingExamples.answer))
    }

    private func expectMasked(_ value: Any) {
        let shown = OutgoingTexts(in: value).all.filter { $0.text?.contains(OutgoingExamples.secret) == true }
        #expect(shown.map(\.field).filter { Self.keys[$0] == nil } == [])
        #expect(OutgoingTexts(in: value).all.filter { $0.text == nil }.map(\.field) == [])
    }

    @Test func `the look into a value finds texts at any depth`() {
        struct Deep {
            var lists: [[String?]] = [["a"]]
            var pairs: [String: [Substring]] = ["b": ["c"]]
            var bytes: [UInt8]? = Array("d".utf8)
            var none: String?
        }
        let found = OutgoingTexts(in: [Deep()]).all
        #expect(Set(found.compactMap(\.text)) == ["a", "b", "c", "d"])
        #expect(found.filter { $0.text == nil }.map(\.field) == ["Deep.none"])
    }

    @Test func `JSON in base64 is opened, and stays as it is where it hides nothing`() throws {
        let open = #"{"b":"x","a":["y\u003c"]}"#
        let closed = #"{"a":"say \"hunter2\"","hunter2":[7,"ter2hunter2"],"n":4711}"#
        let encoded = { (text: String) in Data(text.utf8).base64EncodedString() }
        let result = BuildResult(
            ref: "r",
            exporterResponse: [
                "containerimage.descriptor": encoded(open), "buildx.build.provenance/linux/amd64": encoded(closed),
            ]
        )
        let masked = try Self.mask(["hunter2", "4711"]).apply(result).exporterResponse
        #expect(masked["containerimage.descriptor"] == encoded(open))
        let provenance = masked["buildx.build.provenance/linux/amd64"].flatMap { Data(base64Encoded: $0) } ?? Data()
        #expect(String(decoding: provenance, as: UTF8.self) == #"{"a":"say \"***\"","***":[7,"ter2***"],"n":"***"}"#)
    }

    @Test func `an answer's JSON stays JSON`() throws {
        let answer = BuildAnswer(text: "", json: Array(#"{"a":"hunter2"}"#.utf8), isGood: true)
        #expect(String(decoding: try Self.mask().apply(answer).json, as: UTF8.self) == #"{"a":"***"}"#)
    }

    @Test func `a digest is no text, and what engines agree on is a key`() throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let result = BuildResult(ref: "r", exporterResponse: ["containerimage.digest": digest, "a": "x0000"])
        let masked = try Self.mask(["0000", "digest"]).apply(result).exporterResponse
        #expect(masked == ["containerimage.digest": digest, "a": "x***"])
    }

    @Test func `without a secret all stays as it is`() {
        #expect(OutgoingMask(nil).apply(OutgoingExamples.result) == OutgoingExamples.result)
    }
}
